/* icu.c - see icu.h. */
#include "base/icu.h"

#include "base/diag.h"
#include "base/memory.h"
#include "base/version.h"

#include <unicode/uchar.h>
#include <unicode/uclean.h>

static const char *icu_version(void)
{
    return U_ICU_VERSION ", Unicode " U_UNICODE_VERSION;
}
LIBRARY(icu, "ICU", icu_version)

static void *take(const void *context, size_t size)
{
    (void)context;
    return mem_alloc(size);
}

static void *resize(const void *context, void *old, size_t size)
{
    (void)context;
    return mem_resize(old, size, 1);
}

static void give_back(const void *context, void *old)
{
    (void)context;
    mem_free(old);
}

void icu_take_memory(void)
{
    UErrorCode status = U_ZERO_ERROR;
    u_setMemoryFunctions(NULL, take, resize, give_back, &status);
    if (U_FAILURE(status))
        diag_die(STATUS_FAILED, "ICU: %s", u_errorName(status));
}
