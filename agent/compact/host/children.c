/* host:children: a command whose output is read through a pipe. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host.h"

/* In the child; only what is allowed between fork() and exec(). */
static void become(char *const *words, int out)
{
  sigset_t none;
  int nothing = open("/dev/null", O_RDWR);
  if (nothing < 0 || dup2(nothing, 0) < 0 || dup2(out, 1) < 0 || dup2(nothing, 2) < 0) _exit(126);
  signal(SIGPIPE, SIG_DFL);
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  execvp(words[0], words);
  _exit(127);
}

/* start(program, ...arguments): [pid, descriptor of its standard output], or -errno. */
FUNCTION(start)
{
  const char **words = calloc(argc + 1, sizeof *words);
  int ends[2] = { -1, -1 }, failure = words ? 0 : ENOMEM;
  pid_t pid = -1;
  for (int i = 0; !failure && i < argc; i++)
    if (!(words[i] = JS_ToCString(c, argv[i]))) failure = EINVAL;
  if (!failure && pipe2(ends, O_CLOEXEC)) failure = errno;
  if (!failure && (pid = fork()) < 0) failure = errno;
  if (pid == 0) become((char *const *)words, ends[1]);
  if (ends[1] >= 0) close(ends[1]);
  if (failure && ends[0] >= 0) close(ends[0]);
  for (int i = 0; words && i < argc; i++) JS_FreeCString(c, words[i]);
  free(words);
  if (failure) return JS_NewInt32(c, -failure);
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  JSValue pair = JS_NewArray(c);
  JS_SetPropertyUint32(c, pair, 0, JS_NewInt32(c, pid));
  JS_SetPropertyUint32(c, pair, 1, JS_NewInt32(c, ends[0]));
  return pair;
}

/* ended(pid): the exit code, 128 and the signal's number for one that was killed, -1 while it runs. */
FUNCTION(ended)
{
  int pid, status;
  if (JS_ToInt32(c, &pid, argv[0])) return JS_EXCEPTION;
  if (waitpid(pid, &status, WNOHANG) <= 0) return JS_NewInt32(c, -1);
  return JS_NewInt32(c, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

static const JSCFunctionListEntry list[] = {
  JS_CFUNC_DEF("start", 1, start),
  JS_CFUNC_DEF("ended", 1, ended),
};

const struct exports children_exports = { list, COUNT(list), 0 };
