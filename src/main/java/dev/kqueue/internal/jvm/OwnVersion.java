package dev.kqueue.internal.jvm;

import java.lang.module.ModuleDescriptor;
import java.util.Optional;

/** The version of this library. */
public final class OwnVersion {
    private OwnVersion() {}

    /** As the module's descriptor has it, or on the class path the jar's manifest; empty outside a jar. */
    public static Optional<String> find() {
        ModuleDescriptor module = OwnVersion.class.getModule().getDescriptor();
        return module == null
                ? Optional.ofNullable(OwnVersion.class.getPackage().getImplementationVersion())
                : module.rawVersion();
    }
}
