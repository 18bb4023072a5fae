/* host:process: names of errors, and promises that were rejected while nobody listened. */
#include <errno.h>
#include <string.h>

#include "host.h"

/* Numbers differ between architectures, names do not. */
static const struct { int number; const char *name; } names[] = {
#define NAMED(e) { e, #e }
  NAMED(EPERM), NAMED(ENOENT), NAMED(ESRCH), NAMED(EINTR), NAMED(EIO), NAMED(EBADF), NAMED(EAGAIN), NAMED(ENOMEM),
  NAMED(EACCES), NAMED(EBUSY), NAMED(EEXIST), NAMED(EXDEV), NAMED(ENODEV), NAMED(ENOTDIR), NAMED(EISDIR),
  NAMED(EINVAL), NAMED(ENFILE), NAMED(EMFILE), NAMED(EFBIG), NAMED(ENOSPC), NAMED(EROFS), NAMED(EMLINK), NAMED(EPIPE),
  NAMED(ENAMETOOLONG), NAMED(ENOTEMPTY), NAMED(ELOOP), NAMED(EOVERFLOW), NAMED(EPROTO), NAMED(EAFNOSUPPORT),
  NAMED(EADDRINUSE), NAMED(EADDRNOTAVAIL), NAMED(ENETDOWN), NAMED(ENETUNREACH), NAMED(ECONNABORTED),
  NAMED(ECONNRESET), NAMED(ENOBUFS), NAMED(EISCONN), NAMED(ENOTCONN), NAMED(ETIMEDOUT), NAMED(ECONNREFUSED),
  NAMED(EHOSTDOWN), NAMED(EHOSTUNREACH), NAMED(EALREADY), NAMED(EINPROGRESS), NAMED(EDQUOT), NAMED(ENOSYS),
#undef NAMED
};

FUNCTION(error_name)
{
  int number;
  if (JS_ToInt32(c, &number, argv[0])) return JS_EXCEPTION;
  for (size_t i = 0; i < COUNT(names); i++)
    if (names[i].number == number) return JS_NewString(c, names[i].name);
  return JS_NewString(c, "EUNKNOWN");
}

FUNCTION(error_text)
{
  int number;
  if (JS_ToInt32(c, &number, argv[0])) return JS_EXCEPTION;
  return JS_NewString(c, strerror(number));
}

static JSValue listener; /* lives as long as the process */

static void tell_rejection(JSContext *c, JSValueConst promise, JSValueConst reason, int is_handled, void *unused)
{
  JSValueConst args[] = { promise, reason, is_handled ? JS_TRUE : JS_FALSE };
  JS_FreeValue(c, JS_Call(c, listener, JS_UNDEFINED, COUNT(args), args));
}

FUNCTION(on_rejection)
{
  listener = JS_DupValue(c, argv[0]);
  JS_SetHostPromiseRejectionTracker(JS_GetRuntime(c), tell_rejection, NULL);
  return JS_UNDEFINED;
}

static const JSCFunctionListEntry list[] = {
  JS_CFUNC_DEF("errorName", 1, error_name),
  JS_CFUNC_DEF("errorText", 1, error_text),
  JS_CFUNC_DEF("onRejection", 1, on_rejection),
};

const struct exports process_exports = { list, COUNT(list), 0 };
