package dev.kqueue.nio;

import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/** The two kinds of thread, for tests of what either may do. */
public enum Threads {
    PLATFORM,
    VIRTUAL;

    /** Runs the code on a thread of this kind and waits for its result. */
    public <T> T call(Callable<T> code) throws Exception {
        return start(code).get();
    }

    public <T> FutureTask<T> start(Callable<T> code) {
        FutureTask<T> task = new FutureTask<>(code);
        thread(task).start();
        return task;
    }

    public Thread thread(Runnable code) {
        return (this == VIRTUAL ? Thread.ofVirtual() : Thread.ofPlatform()).name("test").unstarted(code);
    }
}
