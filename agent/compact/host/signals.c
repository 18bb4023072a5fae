/* host:signals: signals as bytes of a descriptor, so that the loop's wait cannot miss one. */
#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>

#include "host.h"

/* open(): a descriptor that gives a `struct signalfd_siginfo` for each of the signals below, or -errno. */
FUNCTION(open_signals)
{
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  sigaddset(&set, SIGCHLD);
  if (sigprocmask(SIG_BLOCK, &set, NULL)) return JS_NewInt32(c, -errno);
  int fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  return JS_NewInt32(c, fd < 0 ? -errno : fd);
}

static const JSCFunctionListEntry list[] = {
  JS_CFUNC_DEF("open", 0, open_signals),
  JS_PROP_INT32_DEF("SIZE", sizeof(struct signalfd_siginfo), 0),
  JS_PROP_INT32_DEF("SIGTERM", SIGTERM, 0),
  JS_PROP_INT32_DEF("SIGINT", SIGINT, 0),
  JS_PROP_INT32_DEF("SIGHUP", SIGHUP, 0),
  JS_PROP_INT32_DEF("SIGCHLD", SIGCHLD, 0),
};

const struct exports signals_exports = { list, COUNT(list), 0 };
