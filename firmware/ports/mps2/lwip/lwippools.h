/* What lwIP's mem_malloc draws from, smallest first; included several times, so without a guard. */
LWIP_MALLOC_MEMPOOL_START
LWIP_MALLOC_MEMPOOL(16, 160)
LWIP_MALLOC_MEMPOOL(12, 512)
LWIP_MALLOC_MEMPOOL(6, 1200)
LWIP_MALLOC_MEMPOOL_END
