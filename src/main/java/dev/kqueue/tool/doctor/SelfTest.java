package dev.kqueue.tool.doctor;

/**
 * One thing that is tried, by a real event with a real cause, in seconds at the most.
 *
 * @param name what is tried
 * @param body throws, with what was expected and what came, if it does not work
 */
record SelfTest(String name, Body body) {
    interface Body {
        void run() throws Exception;
    }
}
