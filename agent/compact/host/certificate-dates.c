#include "certificate-dates.h"

#include <time.h>

/* Days since 1970 in the Gregorian calendar; March is the first month, so that a leap day is a year's last. */
static int64_t days_until(int64_t year, int month, int day)
{
  year -= month <= 2;
  int64_t era = (year >= 0 ? year : year - 399) / 400, year_of_era = year - era * 400;
  int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static int64_t seconds_of(const mbedtls_x509_time *at)
{
  return ((days_until(at->year, at->mon, at->day) * 24 + at->hour) * 60 + at->min) * 60 + at->sec;
}

int check_dates(void *all, mbedtls_x509_crt *certificate, int depth, uint32_t *flags)
{
  struct certificate_dates *dates = all;
  int64_t from = seconds_of(&certificate->valid_from), until = seconds_of(&certificate->valid_to);
  (void)depth;
  if (from > dates->from) dates->from = from;
  if (until < dates->until) dates->until = until;
  if ((int64_t)time(0) >= dates->released) return 0;
  *flags &= ~(uint32_t)MBEDTLS_X509_BADCERT_FUTURE;
  /* the date of the release counts as now: what had ended by then stays refused */
  if (until < dates->released) *flags |= MBEDTLS_X509_BADCERT_EXPIRED;
  return 0;
}
