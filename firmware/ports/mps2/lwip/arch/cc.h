/* What lwIP asks of the compiler and the platform. */
#pragma once
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
void lwipFailed(void);
uint32_t lwipRandom(void);
#ifdef __cplusplus
}
#endif

#define LWIP_PLATFORM_DIAG(x)
#define LWIP_PLATFORM_ASSERT(x) lwipFailed()
#define LWIP_RAND() lwipRandom()
