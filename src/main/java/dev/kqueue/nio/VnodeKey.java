package dev.kqueue.nio;

import java.nio.file.Path;
import java.util.Set;

/** The key of a {@link VnodeChannel}: what has happened to a file or directory. */
public final class VnodeKey extends EventKey {
    VnodeKey(KQueueSelector selector, VnodeChannel channel) {
        super(selector, channel);
    }

    @Override
    public VnodeChannel channel() {
        return (VnodeChannel) super.channel();
    }

    /** The path that was opened; the file may have another name by now. */
    public Path path() {
        return channel().path();
    }

    /** What has happened. */
    public Set<VnodeEvent> events() {
        return VnodeEvent.of(fflags());
    }
}
