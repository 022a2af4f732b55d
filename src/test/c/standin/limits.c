/* <sys/resource.h>: the limit of descriptors, whose number differs; no other is asked for. */
#include "standin.h"

#include <sys/resource.h>

int bsd_getrlimit(int resource, struct bsd_rlimit *limit) {
    struct rlimit own;
    if (resource != BSD_RLIMIT_NOFILE) {
        return fail(EINVAL);
    }
    if (getrlimit(RLIMIT_NOFILE, &own) < 0) {
        return fail(errno);
    }
    limit->rlim_cur = (int64_t) own.rlim_cur;
    limit->rlim_max = (int64_t) own.rlim_max;
    return 0;
}
