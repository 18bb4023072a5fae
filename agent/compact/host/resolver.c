/* host:resolver: the C library's own resolver in a short-lived thread, for it may take many seconds. */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host.h"

enum { LONGEST_NAME = 254, MOST_TEXT = 1024, MOST_AT_ONCE = 8 };

struct question { int out; char host[LONGEST_NAME + 1]; };

static pthread_mutex_t counting = PTHREAD_MUTEX_INITIALIZER;
static int under_way;

static int count(int change, int most)
{
  pthread_mutex_lock(&counting);
  int is_fine = under_way + change <= most;
  if (is_fine) under_way += change;
  pthread_mutex_unlock(&counting);
  return is_fine;
}

/* Appends "word\n" where it still fits. */
static void append(char *text, const char *word)
{
  size_t used = strlen(text), more = strlen(word);
  if (used + more + 2 > MOST_TEXT) return;
  memcpy(text + used, word, more);
  memcpy(text + used + more, "\n", 2);
}

static void *answer(void *asked)
{
  struct question *question = asked;
  struct addrinfo hint = { .ai_socktype = SOCK_STREAM }, *all = 0;
  char text[MOST_TEXT] = "", one[64];
  int failure = getaddrinfo(question->host, 0, &hint, &all);
  if (failure) snprintf(text, sizeof text, "!%s\n", gai_strerror(failure));
  for (struct addrinfo *a = failure ? 0 : all; a; a = a->ai_next)
    if (!getnameinfo(a->ai_addr, a->ai_addrlen, one, sizeof one, 0, 0, NI_NUMERICHOST)) append(text, one);
  if (all) freeaddrinfo(all);
  /* shorter than a pipe takes at once; nobody may be waiting any more */
  if (write(question->out, text, strlen(text)) < 0) {}
  close(question->out);
  free(question);
  count(-1, MOST_AT_ONCE);
  return 0;
}

/* Signals are the main thread's alone. */
static int start_thread(struct question *question)
{
  pthread_t thread;
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int failure = pthread_create(&thread, 0, answer, question);
  pthread_sigmask(SIG_SETMASK, &before, 0);
  if (!failure) pthread_detach(thread);
  return failure;
}

/* resolve(host): a descriptor that gives a line an address, or "!" and the reason; or -errno. */
FUNCTION(resolve)
{
  int ends[2];
  const char *host = JS_ToCString(c, argv[0]);
  if (!host) return JS_EXCEPTION;
  struct question *question = strlen(host) > LONGEST_NAME ? 0 : calloc(1, sizeof *question);
  if (question) strcpy(question->host, host);
  JS_FreeCString(c, host);
  if (!question) return JS_NewInt32(c, -EINVAL);
  int failure = pipe2(ends, O_CLOEXEC) ? errno : 0;
  if (!failure) {
    question->out = ends[1];
    failure = count(1, MOST_AT_ONCE) ? 0 : EAGAIN;
    if (!failure && (failure = start_thread(question))) count(-1, MOST_AT_ONCE);
    if (failure) close(ends[0]), close(ends[1]);
  }
  if (failure) free(question);
  return JS_NewInt32(c, failure ? -failure : ends[0]);
}

static const JSCFunctionListEntry list[] = { JS_CFUNC_DEF("resolve", 1, resolve) };

const struct exports resolver_exports = { list, COUNT(list), 0 };
