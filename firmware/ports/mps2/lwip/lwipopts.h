/* lwIP for one TCP client without an operating system and without a heap: every object comes from a static pool. */
#pragma once

#define NO_SYS 1
#define SYS_LIGHTWEIGHT_PROT 0 /* all of it runs in the main loop */
#define LWIP_NETCONN 0
#define LWIP_SOCKET 0
#define LWIP_STATS 0
#define LWIP_RAW 0
#define LWIP_DHCP 1
#define LWIP_DHCP_DOES_ACD_CHECK 0
#define DHCP_DOES_ARP_CHECK 0 /* QEMU's network has no other hosts; the check takes seconds */
#define IP_REASSEMBLY 0
#define IP_FRAG 0
#define LWIP_NETIF_HOSTNAME 1
#define LWIP_NO_CTYPE_H 1

#define MEM_ALIGNMENT 4
#define MEM_LIBC_MALLOC 0
#define MEM_USE_POOLS 1
#define MEMP_USE_CUSTOM_POOLS 1
#define MEMP_NUM_TCP_PCB 4 /* one in use, the others may still wait for the end of theirs */
#define MEMP_NUM_TCP_PCB_LISTEN 1
#define MEMP_NUM_UDP_PCB 2
#define MEMP_NUM_TCP_SEG 16
#define PBUF_POOL_SIZE 10

#define TCP_MSS 1024
#define TCP_WND (2 * TCP_MSS) /* less than the transport's queue, or a full queue would stall for ever */
#define TCP_SND_BUF (4 * TCP_MSS)
#define TCP_SND_QUEUELEN 16
#define TCP_OVERSIZE 0 /* buffers as large as what is written: the pools are small */
#define TCP_QUEUE_OOSEQ 0
#define LWIP_TCP_KEEPALIVE 0

#define LWIP_CHECKSUM_ON_COPY 0
#define LWIP_NETIF_LINK_CALLBACK 0
#define LWIP_NETIF_STATUS_CALLBACK 0
