package org.headrace.forwarder.io.xdp;

/**
 * What {@code linux/if_xdp.h} lays down: options, flags, and the layout of structures and ring entries.
 *
 * <pre>
 * struct xdp_desc, an entry of the receive and transmit rings; fill and completion rings hold bare addresses
 *  0                               8               12              16
 *  +-------------------------------+---------------+---------------+
 *  |   addr: place in the memory   |  len, bytes   |    options    |
 *  +-------------------------------+---------------+---------------+
 * </pre>
 */
final class XdpDescriptor
{
    // struct sockaddr_xdp: sxdp_family u16, sxdp_flags u16, sxdp_ifindex, sxdp_queue_id, sxdp_shared_umem_fd u32.
    static final int SOCKADDR_BYTES = 16;
    static final int SOCKADDR_FLAGS = 2;
    static final int SOCKADDR_IFINDEX = 4;
    static final int SOCKADDR_QUEUE = 8;
    static final int SOCKADDR_SHARED_FD = 12;

    /** {@code sxdp_flags}: the memory is that of another socket. */
    static final int XDP_SHARED_UMEM = 1;
    /** {@code sxdp_flags}: the kernel copies frames. */
    static final int XDP_COPY = 1 << 1;
    /** {@code sxdp_flags}: the device reads and writes frames. */
    static final int XDP_ZEROCOPY = 1 << 2;
    /** {@code sxdp_flags}: the kernel says in a ring's flags when it wants to be called. */
    static final int XDP_USE_NEED_WAKEUP = 1 << 3;
    /** {@code sxdp_flags}: a packet may take several descriptors. Since Linux 6.6. */
    static final int XDP_USE_SG = 1 << 4;

    /** Flag of a ring: call the kernel, it does not look by itself. */
    static final int XDP_RING_NEED_WAKEUP = 1;

    static final int XDP_MMAP_OFFSETS = 1;
    static final int XDP_RX_RING = 2;
    static final int XDP_TX_RING = 3;
    static final int XDP_UMEM_REG = 4;
    static final int XDP_UMEM_FILL_RING = 5;
    static final int XDP_UMEM_COMPLETION_RING = 6;
    static final int XDP_STATISTICS = 7;
    /** Descriptors that one call sends at most in copy mode; 32 without it. Since Linux 6.17. */
    static final int XDP_MAX_TX_SKB_BUDGET = 9;

    static final long XDP_PGOFF_RX_RING = 0;
    static final long XDP_PGOFF_TX_RING = 0x8000_0000L;
    static final long XDP_UMEM_PGOFF_FILL_RING = 0x1_0000_0000L;
    static final long XDP_UMEM_PGOFF_COMPLETION_RING = 0x1_8000_0000L;

    // struct xdp_umem_reg: addr u64, len u64, chunk_size u32, headroom u32, flags u32, tx_metadata_len u32.
    static final int UMEM_REG_BYTES = 32;
    static final int UMEM_REG_LENGTH = 8;
    static final int UMEM_REG_CHUNK = 16;

    // struct xdp_mmap_offsets: rx, tx, fr, cr, each a struct xdp_ring_offset of producer, consumer, desc, flags u64.
    static final int OFFSETS_BYTES = 128;
    static final int OFFSETS_RX = 0;
    static final int OFFSETS_TX = 32;
    static final int OFFSETS_FILL = 64;
    static final int OFFSETS_COMPLETION = 96;
    static final int OFFSET_PRODUCER = 0;
    static final int OFFSET_CONSUMER = 8;
    static final int OFFSET_ENTRIES = 16;
    static final int OFFSET_FLAGS = 24;

    // struct xdp_statistics, all u64: rx_dropped, rx_invalid_descs, tx_invalid_descs, rx_ring_full,
    // rx_fill_ring_empty_descs, tx_ring_empty_descs.
    static final int STATISTICS_BYTES = 48;
    static final int STATISTICS_RX_DROPPED = 0;
    static final int STATISTICS_RX_RING_FULL = 24;

    /** Length of a {@code struct xdp_desc}. */
    static final int DESC_BYTES = 16;
    static final int DESC_LENGTH = 8;
    static final int DESC_OPTIONS = 12;
    /** {@code options}: the packet goes on in the next descriptor. */
    static final int XDP_PKT_CONTD = 1;

    /** {@code XDP_PACKET_HEADROOM} of {@code linux/bpf.h}: the kernel leaves it before every received packet. */
    static final int PACKET_HEADROOM = 256;
    /** {@code MAX_SKB_FRAGS} of the kernel, and one for the linear part: most descriptors of a packet to send. */
    static final int MAX_DESCRIPTORS = 18;

    private XdpDescriptor()
    {
    }
}
