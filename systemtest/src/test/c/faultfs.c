/*
 * Stands between a program and its files (LD_PRELOAD) and does what disks do: fails, takes its time,
 * and tells what a power cut would leave.
 *
 *   FAULTFS_ROOT     files and directories below this one are watched
 *   FAULTFS_CONTROL  a file that a test and this library share in memory, see struct control
 *
 * Both must be set, or nothing happens. The control file is made by the test, with its full size and
 * its magic number; what the test writes into it counts from the next call on.
 *
 * Of each watched file that was opened for writing, the control file holds how many bytes were there
 * at its last successful sync. A test that has killed the program cuts its files to that length, or to
 * one between that and their end: only what was synced survives for certain. This model is meant for
 * files that are appended to. Names count as durable at once: creating, renaming and removing files
 * is not undone. Descriptors that were duplicated are not watched.
 */
#define _GNU_SOURCE

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define MAGIC 0x53465446 /* FTFS */
#define MAX_FILES 16384
#define MAX_DESCRIPTORS 65536
#define UNWATCHED 0

struct file {
    _Atomic int64_t inode; /* 0 for a free slot */
    _Atomic int64_t synced;
};

/* All numbers in the byte order of the machine. An errno of 0 means that all is well. */
struct control {
    int32_t magic;
    _Atomic int32_t write_errno;  /* of write, pwrite, writev, pwritev, ftruncate, fallocate */
    _Atomic int32_t sync_errno;   /* of fsync, fdatasync, sync_file_range */
    _Atomic int32_t name_errno;   /* of open for writing, rename, link, unlink, mkdir */
    _Atomic int32_t skip;         /* so many calls still succeed first */
    _Atomic int32_t times;        /* so many calls fail, then all is well again; -1: without end */
    _Atomic int32_t sync_millis;  /* how long each sync takes longer */
    _Atomic int32_t failed;       /* calls that have failed by this library */
    _Atomic int32_t syncs;        /* syncs that were asked for */
    _Atomic int32_t dropped;      /* files that found no free slot */
    int32_t reserved[6];
    struct file files[MAX_FILES];
};

static struct control *control;
static const char *root;
static size_t root_length;

/* The slot of each open descriptor, plus one; UNWATCHED for those that are not ours. */
static _Atomic int32_t slots[MAX_DESCRIPTORS];
static pthread_mutex_t table = PTHREAD_MUTEX_INITIALIZER;

/* The function that the one of this name here hides. */
#define REAL(name)                                                        \
    (__extension__({                                                      \
        static __typeof__(&name) hidden;                                  \
        if (hidden == NULL) {                                             \
            hidden = (__typeof__(&name))dlsym(RTLD_NEXT, #name);          \
        }                                                                 \
        hidden;                                                           \
    }))

__attribute__((constructor)) static void start(void) {
    const char *path = getenv("FAULTFS_CONTROL");
    const char *watched = getenv("FAULTFS_ROOT");
    if (path == NULL || watched == NULL) {
        return;
    }
    int fd = REAL(open)(path, O_RDWR | O_CLOEXEC);
    if (fd < 0) {
        return;
    }
    struct control *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    REAL(close)(fd);
    if (shared != MAP_FAILED && shared->magic == MAGIC) {
        root = watched;
        root_length = strlen(watched);
        control = shared;
    }
}

static int watched_path(const char *path) {
    return control != NULL && path != NULL && strncmp(path, root, root_length) == 0
        && (path[root_length] == '/' || path[root_length] == '\0');
}

static int slot_of(int fd) {
    return control != NULL && fd >= 0 && fd < MAX_DESCRIPTORS ? atomic_load(&slots[fd]) : UNWATCHED;
}

/* Whether a call of this kind has to fail now; errno says how. */
static int fails(_Atomic int32_t *kind) {
    int32_t number = atomic_load(kind);
    if (number == 0) {
        return 0;
    }
    if (atomic_load(&control->skip) > 0 && atomic_fetch_sub(&control->skip, 1) > 0) {
        return 0;
    }
    int32_t times = atomic_load(&control->times);
    if (times == 0 || (times > 0 && atomic_fetch_sub(&control->times, 1) <= 0)) {
        return 0;
    }
    atomic_fetch_add(&control->failed, 1);
    errno = number;
    return 1;
}

/* Its slot, or the first free one: they are never freed while the program runs. */
static struct file *find(int64_t inode) {
    for (int i = 0; i < MAX_FILES; i++) {
        struct file *file = &control->files[i];
        if (file->inode == inode || file->inode == 0) {
            return file;
        }
    }
    return NULL;
}

/*
 * Remembers a file that was opened for writing. What an existing file holds counts as synced, what
 * this process adds does not. A new file may have the number of one that was removed.
 */
static void watch(int fd, int is_new) {
    struct stat status;
    if (fd < 0 || fd >= MAX_DESCRIPTORS || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        return;
    }
    pthread_mutex_lock(&table);
    struct file *file = find((int64_t)status.st_ino);
    if (file == NULL) {
        atomic_fetch_add(&control->dropped, 1);
    } else {
        if (file->inode == 0 || is_new) {
            file->synced = is_new ? 0 : status.st_size;
            file->inode = (int64_t)status.st_ino;
        } else if (file->synced > status.st_size) {
            file->synced = status.st_size;
        }
        atomic_store(&slots[fd], (int32_t)(file - control->files) + 1);
    }
    pthread_mutex_unlock(&table);
}

static int is_for_writing(int flags) {
    return (flags & O_ACCMODE) != O_RDONLY || (flags & (O_CREAT | O_TRUNC)) != 0;
}

static int opened(int fd, int flags, int is_new) {
    if (fd >= 0 && is_for_writing(flags)) {
        watch(fd, is_new || (flags & O_TRUNC) != 0);
    }
    return fd;
}

#define OPEN(name)                                                        \
    int name(const char *path, int flags, ...) {                          \
        mode_t mode = 0;                                                  \
        if (flags & (O_CREAT | O_TMPFILE)) {                              \
            va_list rest;                                                 \
            va_start(rest, flags);                                        \
            mode = va_arg(rest, mode_t);                                  \
            va_end(rest);                                                 \
        }                                                                 \
        if (!watched_path(path)) {                                        \
            return REAL(name)(path, flags, mode);                         \
        }                                                                 \
        if (is_for_writing(flags) && fails(&control->name_errno)) {       \
            return -1;                                                    \
        }                                                                 \
        int is_new = access(path, F_OK) != 0;                             \
        return opened(REAL(name)(path, flags, mode), flags, is_new);      \
    }

OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                      \
    int name(int directory, const char *path, int flags, ...) {           \
        mode_t mode = 0;                                                  \
        if (flags & (O_CREAT | O_TMPFILE)) {                              \
            va_list rest;                                                 \
            va_start(rest, flags);                                        \
            mode = va_arg(rest, mode_t);                                  \
            va_end(rest);                                                 \
        }                                                                 \
        if (!watched_path(path)) {                                        \
            return REAL(name)(directory, path, flags, mode);              \
        }                                                                 \
        if (is_for_writing(flags) && fails(&control->name_errno)) {       \
            return -1;                                                    \
        }                                                                 \
        int is_new = access(path, F_OK) != 0;                             \
        return opened(REAL(name)(directory, path, flags, mode), flags, is_new); \
    }

OPENAT(openat)
OPENAT(openat64)

int creat(const char *path, mode_t mode) {
    return open(path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

int close(int fd) {
    if (fd >= 0 && fd < MAX_DESCRIPTORS) {
        atomic_store(&slots[fd], UNWATCHED);
    }
    return REAL(close)(fd);
}

/* Writing */

#define WRITE(type, name, parameters, arguments)                          \
    type name parameters {                                                \
        if (slot_of(fd) != UNWATCHED && fails(&control->write_errno)) {   \
            return -1;                                                    \
        }                                                                 \
        return REAL(name) arguments;                                      \
    }

WRITE(ssize_t, write, (int fd, const void *bytes, size_t count), (fd, bytes, count))
WRITE(ssize_t, pwrite, (int fd, const void *bytes, size_t count, off_t at), (fd, bytes, count, at))
WRITE(ssize_t, pwrite64, (int fd, const void *bytes, size_t count, off64_t at),
      (fd, bytes, count, at))
WRITE(ssize_t, writev, (int fd, const struct iovec *parts, int count), (fd, parts, count))
WRITE(ssize_t, pwritev, (int fd, const struct iovec *parts, int count, off_t at),
      (fd, parts, count, at))
WRITE(int, fallocate, (int fd, int mode, off_t at, off_t count), (fd, mode, at, count))

int posix_fallocate(int fd, off_t at, off_t count) {
    if (slot_of(fd) != UNWATCHED && fails(&control->write_errno)) {
        return errno;
    }
    return REAL(posix_fallocate)(fd, at, count);
}

/* What was cut off is gone, and what is added in its place is not synced. */
#define TRUNCATE(name, offset)                                            \
    int name(int fd, offset length) {                                     \
        int slot = slot_of(fd);                                           \
        if (slot == UNWATCHED) {                                          \
            return REAL(name)(fd, length);                                \
        }                                                                 \
        if (fails(&control->write_errno)) {                               \
            return -1;                                                    \
        }                                                                 \
        int result = REAL(name)(fd, length);                              \
        struct file *file = &control->files[slot - 1];                    \
        if (result == 0 && file->synced > length) {                       \
            file->synced = length;                                        \
        }                                                                 \
        return result;                                                    \
    }

TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

/* Syncing */

static void linger(void) {
    int32_t millis = atomic_load(&control->sync_millis);
    if (millis > 0) {
        struct timespec time = {millis / 1000, (millis % 1000) * 1000000L};
        nanosleep(&time, NULL);
    }
}

/* What is written while the sync goes on may not be part of it: its size before counts. */
static int sync_file(int fd, int (*sync)(int)) {
    int slot = slot_of(fd);
    if (slot == UNWATCHED) {
        return sync(fd);
    }
    atomic_fetch_add(&control->syncs, 1);
    struct stat status;
    int known = fstat(fd, &status);
    linger();
    if (fails(&control->sync_errno)) {
        return -1;
    }
    int result = sync(fd);
    struct file *file = &control->files[slot - 1];
    if (result == 0 && known == 0 && file->synced < status.st_size) {
        file->synced = status.st_size;
    }
    return result;
}

int fsync(int fd) {
    return sync_file(fd, REAL(fsync));
}

int fdatasync(int fd) {
    return sync_file(fd, REAL(fdatasync));
}

/* Promises nothing after a power cut: see its manual page. */
int sync_file_range(int fd, off64_t at, off64_t count, unsigned flags) {
    if (slot_of(fd) != UNWATCHED && fails(&control->sync_errno)) {
        return -1;
    }
    return REAL(sync_file_range)(fd, at, count, flags);
}

/* Names */

int rename(const char *from, const char *to) {
    if (watched_path(to) && fails(&control->name_errno)) {
        return -1;
    }
    return REAL(rename)(from, to);
}

int link(const char *from, const char *to) {
    if (watched_path(to) && fails(&control->name_errno)) {
        return -1;
    }
    return REAL(link)(from, to);
}

int unlink(const char *path) {
    if (watched_path(path) && fails(&control->name_errno)) {
        return -1;
    }
    return REAL(unlink)(path);
}

int mkdir(const char *path, mode_t mode) {
    if (watched_path(path) && fails(&control->name_errno)) {
        return -1;
    }
    return REAL(mkdir)(path, mode);
}
