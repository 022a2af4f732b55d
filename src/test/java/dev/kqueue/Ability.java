package dev.kqueue;

import dev.kqueue.internal.abi.Abi;

import org.junit.jupiter.api.Assumptions;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What some tests need and not every system has: the whole list of what about a kernel may leave a test out. What a
 * machine may lack for a test (a compiler, strace, a right of the user) is asked where it is needed.
 *
 * <p>"Seen" is what a FreeBSD 13.0 or NetBSD 7.99.34 kernel did with this library; all else was read in the function
 * named.
 */
public enum Ability {
    /** The kqueue of this library, over epoll: what it refuses, counts and explains beyond any kernel. */
    OWN_KQUEUE("a kernel's kqueue is not ours, and what this shows is ours alone") {
        @Override
        public boolean isPresent() {
            return Abi.HOST.symbol("kqueue").isEmpty();
        }
    },

    /** NOTE_FORK, NOTE_EXEC and NOTE_TRACK. */
    FORK_NOTES("the stand-in kernel tells of no fork(2) and no execve(2)") {
        @Override
        public boolean isPresent() {
            return !Abi.HOST.isForeign();
        }
    },

    /** A kernel that counts the calls that reach it. */
    STAND_IN("only the stand-in kernel counts its calls") {
        @Override
        public boolean isPresent() {
            return Abi.HOST.isForeign();
        }
    },

    /** A Unix-domain connection waits for room in a listener's queue, and is not refused: Linux alone. */
    UNIX_CONNECT_WAITS("a full queue refuses connections: unp_connectat() of every BSD") {
        @Override
        public boolean isPresent() {
            return Abi.HOST.findStruct("epoll_event").isPresent();
        }
    },

    /** An IPv6 socket can join IPv4 groups. */
    IPV4_GROUPS_ON_IPV6("an IPv6 socket takes no options of IPv4: ip6_ctloutput() of FreeBSD and others") {
        @Override
        public boolean isPresent() {
            return isSystem("macOS", "NetBSD") || UNIX_CONNECT_WAITS.isPresent();
        }
    },

    /** An IPv6 socket carries IPv4, too. */
    DUAL_STACK("an IPv6 socket carries no IPv4: ip6(4) of OpenBSD, in6_pcbbind() of DragonFly") {
        @Override
        public boolean isPresent() {
            return !isSystem("OpenBSD", "DragonFly BSD");
        }
    },

    /** Memberships of one source of a group. */
    GROUP_SOURCES("the system has no MCAST_JOIN_SOURCE_GROUP") {
        @Override
        public boolean isPresent() {
            return Abi.HOST.isDefined("MCAST_JOIN_SOURCE_GROUP");
        }
    },

    /** The low-water mark of a pipe. */
    PIPE_LOW_WATER("NOTE_LOWAT of a pipe is not looked at: filt_piperead() of FreeBSD, seen") {
        @Override
        public boolean isPresent() {
            return !isSystem("FreeBSD");
        }
    },

    /** The read end of a pipe cannot be written to, nor the write end be read. */
    ONE_WAY_PIPES("both ends of a pipe are read and written: FreeBSD, seen, and DragonFly") {
        @Override
        public boolean isPresent() {
            return !isSystem("FreeBSD", "DragonFly BSD");
        }
    },

    /** The data of EVFILT_WRITE of an AF_UNIX stream is the room. */
    ROOM_OF_LOCAL_STREAMS("the data of EVFILT_WRITE of AF_UNIX is 8192 until it is full: FreeBSD, seen") {
        @Override
        public boolean isPresent() {
            return !isSystem("FreeBSD");
        }
    },

    /** An AF_UNIX stream takes 100 kB without a reader. */
    LARGE_LOCAL_STREAMS("an AF_UNIX stream holds 8 KiB: net.local.stream.sendspace of FreeBSD and others") {
        @Override
        public boolean isPresent() {
            return Abi.HOST.findStruct("epoll_event").isPresent() || Abi.HOST.isForeign();
        }
    },

    /** close(2) of a TCP socket with unread data resets the connection. */
    CLOSE_RESETS("close(2) with unread data sends FIN: FreeBSD 13.0, seen") {
        @Override
        public boolean isPresent() {
            return !isSystem("FreeBSD");
        }
    },

    /** A listener whose queue is full answers nothing. */
    SILENT_FULL_LISTENER("an overfull listener resets the connection: FreeBSD, seen") {
        @Override
        public boolean isPresent() {
            return !isSystem("FreeBSD");
        }
    },

    /** The longest datagrams of UDP are received without an option. */
    LONG_DATAGRAMS("SO_RCVBUF is less than a datagram may have: udp.recvspace is 42080 on FreeBSD, seen") {
        @Override
        public boolean isPresent() {
            try (DatagramChannel channel = DatagramChannel.open()) {
                return channel.getOption(StandardSocketOptions.SO_RCVBUF) > 65_535;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    },

    /** An IPv6 socket hears that nobody receives what it sends to an IPv4 address. */
    DEAD_IPV4_PORTS_ON_IPV6("an IPv6 socket gets no ECONNREFUSED of UDP over IPv4: NetBSD, seen") {
        @Override
        public boolean isPresent() {
            return !isSystem("NetBSD");
        }
    },

    /** The options that set a connection's keep-alive times can be read. */
    KEEPALIVE_TIMES_ARE_READ("getsockopt(2) of TCP_KEEPIDLE is ENOPROTOOPT: tcp_ctloutput() of NetBSD, seen") {
        @Override
        public boolean isPresent() {
            return !isSystem("NetBSD");
        }
    },

    /** More than 4096 timers. */
    MANY_TIMERS("kq_calloutmax of FreeBSD (seen) and NetBSD, kq_timeoutmax of OpenBSD: 4096 timers") {
        @Override
        public boolean isPresent() {
            return !isSystem("FreeBSD", "NetBSD", "OpenBSD");
        }
    },

    /** A timer of thousands of years does not fire. */
    LONG_TIMERS("a timer of more than 68 years fires at once: timer2sbintime() of FreeBSD, seen") {
        @Override
        public boolean isPresent() {
            return !isSystem("FreeBSD");
        }
    },

    /** A timer of less than no time is refused. */
    NEGATIVE_TIMERS_ARE_REFUSED("a timer of -1 is accepted: NetBSD before 10, seen") {
        @Override
        public boolean isPresent() {
            return !isSystem("NetBSD") || USER_EVENTS.isPresent();
        }
    },

    /** A directory cannot be watched for READ. */
    DIRECTORIES_ARE_REFUSED("a directory may be watched for READ: vfs_kqfilter() of FreeBSD, seen") {
        @Override
        public boolean isPresent() {
            return !isSystem("FreeBSD");
        }
    },

    /** EVFILT_WRITE of a regular file. */
    FILES_ARE_WRITABLE("EVFILT_WRITE of a file is EINVAL: NetBSD, seen") {
        @Override
        public boolean isPresent() {
            return !isSystem("NetBSD");
        }
    },

    /** READ and WRITE of /dev/null. */
    NULL_IS_WATCHED("only NetBSD, seen, and the kqueue of this library watch /dev/null") {
        @Override
        public boolean isPresent() {
            return isSystem("NetBSD") || OWN_KQUEUE.isPresent();
        }
    },

    /** An event has those flags of its knote that say how it is reported, and no action. */
    EVENTS_WITHOUT_ACTIONS("an event has EV_ADD if its knote was added with it: NetBSD, seen") {
        @Override
        public boolean isPresent() {
            return !isSystem("NetBSD");
        }
    },

    /** EV_ADD of an existing knote replaces fflags and data. */
    ADD_REPLACES("EV_ADD of an existing knote keeps fflags and data: NetBSD before 10, seen") {
        @Override
        public boolean isPresent() {
            return !isSystem("NetBSD") || USER_EVENTS.isPresent();
        }
    },

    /** The data of a nested kqueue is the number of the events that it would report, if none has become stale. */
    NESTED_COUNTS("data of a nested kqueue counts disabled and stale knotes: FreeBSD, seen") {
        @Override
        public boolean isPresent() {
            return !isSystem("FreeBSD");
        }
    },

    /** A kqueue that is watched by another. */
    NESTED_KQUEUES("libkqueue's kqueue cannot be watched, and the stand-in's tells no number") {
        @Override
        public boolean isPresent() {
            return !Abi.HOST.isForeign() && !isSystem("libkqueue");
        }
    },

    /** NOTE_TRUNCATE. */
    TRUNCATE_NOTE("the system has no NOTE_TRUNCATE") {
        @Override
        public boolean isPresent() {
            return Note.find("NOTE_TRUNCATE").isPresent();
        }
    },

    /** NOTE_OPEN, NOTE_READ, NOTE_CLOSE and NOTE_CLOSE_WRITE. */
    OPEN_NOTES("the system has no NOTE_OPEN") {
        @Override
        public boolean isPresent() {
            return Note.find("NOTE_OPEN").isPresent();
        }
    },

    /** NOTE_FILE_POLL. */
    FILE_POLL_NOTE("the system has no NOTE_FILE_POLL") {
        @Override
        public boolean isPresent() {
            return Note.find("NOTE_FILE_POLL").isPresent();
        }
    },

    /** Terminals that a program makes, by the name that Linux and others have for them. */
    TERMINALS("the system has no /dev/ptmx") {
        @Override
        public boolean isPresent() {
            return Files.exists(Path.of("/dev/ptmx"));
        }
    },

    /** EV_DISPATCH disables a knote whose EV_CLEAR the kernel has set itself. */
    DISPATCH_BESIDE_CLEAR("EV_CLEAR goes first, and then nothing is disabled: kqueue_scan() of NetBSD") {
        @Override
        public boolean isPresent() {
            return !isSystem("NetBSD");
        }
    },

    /** EVFILT_USER. */
    USER_EVENTS("the kernel has no EVFILT_USER: NetBSD before 10, OpenBSD before 7.8") {
        @Override
        public boolean isPresent() {
            try (KQueue kqueue = KQueue.open()) {
                return kqueue.supports(Filter.USER);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    },

    /** Timers in other units than milliseconds, and timers for a time of day. */
    TIMER_UNITS("timers count milliseconds only: DragonFly") {
        @Override
        public boolean isPresent() {
            return Abi.HOST.isDefined("NOTE_SECONDS");
        }
    },

    /** EV_ADD of a timer that runs starts it anew. */
    TIMER_RESTARTS(
            "EV_ADD of a timer that runs stores its period, and no more: filt_timertouch() of DragonFly; NetBSD before"
                    + " 10, seen") {
        @Override
        public boolean isPresent() {
            return !isSystem("DragonFly BSD") && NEGATIVE_TIMERS_ARE_REFUSED.isPresent();
        }
    },

    /** A change without EV_ADD replaces udata, fflags and data, as one with it does. */
    CHANGES_REPLACE("a change without EV_ADD leaves udata: kqueue_register() of OpenBSD and of NetBSD before 10") {
        @Override
        public boolean isPresent() {
            return !isSystem("OpenBSD") && ADD_REPLACES.isPresent();
        }
    },

    /** A timer may be of no time at all. */
    TIMER_OF_ZERO("a timer of 0 is refused: filt_timercompute() of NetBSD") {
        @Override
        public boolean isPresent() {
            return !isSystem("NetBSD");
        }
    },

    /**
     * The kernel under test holds its descriptors under the host's numbers, so that the host's /dev/fd and /proc know
     * them. A kernel that runs inside the process has numbers of its own, and the host's file of such a number is
     * another one, which a test must not open.
     */
    HOST_DESCRIPTORS("the kernel under test has descriptors of its own, which the host's /dev/fd does not know") {
        @Override
        public boolean isPresent() {
            return !Abi.HOST.isForeign() || HostDescriptors.arePipesTheHosts();
        }
    },

    /** A pipe can be opened once more by the name of its descriptor, which makes an open file description. */
    REOPENED_PIPES("opening a name of /dev/fd duplicates the descriptor: everywhere but on Linux") {
        @Override
        public boolean isPresent() {
            return isSystem("Linux") && Files.isDirectory(Path.of("/proc/self/fd"));
        }
    },

    /** The process's C library and the provider speak one ABI, as when another program hands over descriptors. */
    OWN_ABI("the test talks to the host's C library, and the provider to a stand-in kernel") {
        @Override
        public boolean isPresent() {
            return !Abi.HOST.isForeign();
        }
    };

    private final String missing;

    Ability(String missing) {
        this.missing = missing;
    }

    public abstract boolean isPresent();

    static boolean isSystem(String... names) {
        return List.of(names).contains(Abi.HOST.system());
    }

    /** Why a test that needs it is skipped where it is not. */
    public String missing() {
        return missing;
    }

    /** For a test that needs it in some of its cases only. */
    public void assume() {
        Assumptions.assumeTrue(isPresent(), missing);
    }
}
