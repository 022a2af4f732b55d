/* Small functions of the C library that know nothing of the kernel. */
#include "standin.h"

#include <grp.h>
#include <pthread.h>
#include <pwd.h>

int bsd_abs(int number) {
    return number < 0 ? -number : number;
}

/* getpwnam(3) and its like share one memory. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Of struct passwd and struct group the callers look at the name, which is first everywhere. */
static int give(const char *found, char **name, char *room, size_t size, void **result) {
    *result = NULL;
    if (found == NULL) {
        return 0;
    }
    if (strlen(found) >= size) {
        return BSD_ERANGE;
    }
    *name = strcpy(room, found);
    *result = name;
    return 0;
}

int bsd_getpwuid_r(uid_t uid, void *passwd, char *room, size_t size, void **result) {
    pthread_mutex_lock(&lock);
    struct passwd *found = getpwuid(uid);
    int error = give(found == NULL ? NULL : found->pw_name, passwd, room, size, result);
    pthread_mutex_unlock(&lock);
    return error;
}

int bsd_getgrgid_r(gid_t gid, void *group, char *room, size_t size, void **result) {
    pthread_mutex_lock(&lock);
    struct group *found = getgrgid(gid);
    int error = give(found == NULL ? NULL : found->gr_name, group, room, size, result);
    pthread_mutex_unlock(&lock);
    return error;
}
