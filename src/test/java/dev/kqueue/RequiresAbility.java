package dev.kqueue;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Of a test that shows something which not every kernel has. Where it is missing the test is skipped, and the reason is
 * {@link Ability#missing}.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(RequiresAbility.Condition.class)
public @interface RequiresAbility {
    Ability value();

    /** Skips the test that is annotated. */
    final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            return AnnotationSupport.findAnnotation(context.getElement(), RequiresAbility.class)
                    .map(RequiresAbility::value)
                    .filter(ability -> !ability.isPresent())
                    .map(ability -> ConditionEvaluationResult.disabled(ability.missing()))
                    .orElse(ConditionEvaluationResult.enabled(""));
        }
    }
}
