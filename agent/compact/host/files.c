/* host:files: the kernel's notices of what happens in a folder; all else of files is in the engine's own module. */
#include <errno.h>
#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host.h"

/* watch(folder): a descriptor that gives inotify's events, or -errno. */
FUNCTION(watch)
{
  const char *folder = JS_ToCString(c, argv[0]);
  if (!folder) return JS_EXCEPTION;
  int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC), failure = fd < 0 ? errno : 0;
  uint32_t what = IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE |
                  IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
  if (!failure && inotify_add_watch(fd, folder, what) < 0) failure = errno;
  JS_FreeCString(c, folder);
  if (failure && fd >= 0) close(fd);
  return JS_NewInt32(c, failure ? -failure : fd);
}

/* facts(fd): [mode, size, seconds since 1970 of the last change] of what is open, or -errno. */
FUNCTION(facts)
{
  int fd;
  struct stat seen;
  if (JS_ToInt32(c, &fd, argv[0])) return JS_EXCEPTION;
  if (fstat(fd, &seen)) return JS_NewInt32(c, -errno);
  JSValue told = JS_NewArray(c);
  JS_SetPropertyUint32(c, told, 0, JS_NewInt32(c, (int)seen.st_mode));
  JS_SetPropertyUint32(c, told, 1, JS_NewInt64(c, seen.st_size));
  JS_SetPropertyUint32(c, told, 2, JS_NewInt64(c, seen.st_mtime));
  return told;
}

static const JSCFunctionListEntry list[] = {
  JS_CFUNC_DEF("watch", 1, watch),
  JS_CFUNC_DEF("facts", 1, facts),
  /* a pipe must not stop whoever opens it, and no child shall have it */
  JS_PROP_INT32_DEF("O_NONBLOCK", O_NONBLOCK, 0),
  JS_PROP_INT32_DEF("O_CLOEXEC", O_CLOEXEC, 0),
};

const struct exports files_exports = { list, COUNT(list), 0 };
