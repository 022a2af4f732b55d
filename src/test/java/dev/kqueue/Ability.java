package dev.kqueue;

import dev.kqueue.internal.abi.Abi;

import org.junit.jupiter.api.Assumptions;

import java.io.IOException;
import java.io.UncheckedIOException;

/** What some tests need and not every kernel has: the whole list of why a test may be left out. */
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
    IPV4_GROUPS_ON_IPV6("an IPv6 socket takes no options of IPv4: ip6_ctloutput() of the BSDs") {
        @Override
        public boolean isPresent() {
            return Abi.HOST.system().equals("macOS") || UNIX_CONNECT_WAITS.isPresent();
        }
    },

    /** An IPv6 socket carries IPv4, too. */
    DUAL_STACK("an IPv6 socket carries no IPv4: ip6(4) of OpenBSD, in6_pcbbind() of DragonFly") {
        @Override
        public boolean isPresent() {
            return !Abi.HOST.system().matches("OpenBSD|DragonFly BSD");
        }
    },

    /** Memberships of one source of a group. */
    GROUP_SOURCES("the system has no MCAST_JOIN_SOURCE_GROUP") {
        @Override
        public boolean isPresent() {
            return Abi.HOST.isDefined("MCAST_JOIN_SOURCE_GROUP");
        }
    },

    /** EV_DISPATCH disables a knote whose EV_CLEAR the kernel has set itself. */
    DISPATCH_BESIDE_CLEAR("EV_CLEAR goes first, and then nothing is disabled: kqueue_scan() of NetBSD") {
        @Override
        public boolean isPresent() {
            return !Abi.HOST.system().equals("NetBSD");
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
    TIMER_RESTARTS("EV_ADD of a timer that runs stores its period, and no more: filt_timertouch() of DragonFly") {
        @Override
        public boolean isPresent() {
            return !Abi.HOST.system().equals("DragonFly BSD");
        }
    },

    /** A change without EV_ADD replaces udata, fflags and data, as one with it does. */
    CHANGES_REPLACE("a change without EV_ADD leaves udata: kqueue_register() of NetBSD and OpenBSD") {
        @Override
        public boolean isPresent() {
            return !Abi.HOST.system().matches("NetBSD|OpenBSD");
        }
    },

    /** A timer may be of no time at all. */
    TIMER_OF_ZERO("a timer of 0 is refused: filt_timercompute() of NetBSD") {
        @Override
        public boolean isPresent() {
            return !Abi.HOST.system().equals("NetBSD");
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

    /** Why a test that needs it is skipped where it is not. */
    public String missing() {
        return missing;
    }

    /** For a test that needs it in some of its cases only. */
    public void assume() {
        Assumptions.assumeTrue(isPresent(), missing);
    }
}
