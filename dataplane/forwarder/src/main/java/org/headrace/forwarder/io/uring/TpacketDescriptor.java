package org.headrace.forwarder.io.uring;

/**
 * Layout of TPACKET_V2 rings ({@code linux/if_packet.h}) as this driver sets them up.
 *
 * <p>A ring is a row of blocks, a block a row of slots. A slot of a receive ring:
 * <pre>
 *   0        4     8        12   14   16    20      24        32                52        136   146        160
 *  +--------+-----+--------+----+----+-----+-------+---------+-----------------+---------+-----+----------+--------
 *  | status | len | snaplen| mac| net| sec | nsec  | vlan... | sockaddr_ll     | free    | vnet| Ethernet | packet
 *  +--------+-----+--------+----+----+-----+-------+---------+-----------------+---------+-----+----------+--------
 *                            '---------------- offset of the Ethernet header in the slot ------'
 * </pre>
 * {@code struct tpacket2_hdr} is tp_status, tp_len, tp_snaplen (u32), tp_mac, tp_net (u16), tp_sec, tp_nsec (u32),
 * tp_vlan_tci, tp_vlan_tpid (u16), tp_padding[4].
 *
 * <p>The kernel puts the packet at {@code align16(52 + 16) + reserve + 10}; {@link #RESERVE_BYTES} brings that to 160,
 * so that IP headers are aligned and {@link org.headrace.forwarder.io.PacketIo#HEADROOM_BYTES} are free before the
 * frame and its vnet header.
 *
 * <p>A slot of a transmit ring, which is one block:
 * <pre>
 *   0        4     8                32    42
 *  +--------+-----+----------------+-----+----------+--------
 *  | status | len | unused         | vnet| Ethernet | packet
 *  +--------+-----+----------------+-----+----------+--------
 * </pre>
 * {@code len} counts from the vnet header on; data begin at {@code TPACKET2_HDRLEN - sizeof(struct sockaddr_ll)}.
 *
 * <p><b>Lengths of slots</b> are odd multiples of a cache line. With a power of two, the beginnings of all slots, where
 * everything is that a short packet touches, would share one in 32 of the sets of a cache.
 *
 * <p>{@code struct virtio_net_hdr} ({@code linux/virtio_net.h}, 10 bytes): flags, gso_type (u8), hdr_len, gso_size,
 * csum_start, csum_offset (u16, native order).
 */
final class TpacketDescriptor
{
    static final int STATUS = 0;
    static final int LEN = 4;
    static final int SNAPLEN = 8;
    static final int MAC = 12;
    static final int SEC = 16;
    static final int NSEC = 20;

    static final int STATUS_KERNEL = 0;
    static final int STATUS_USER = 1;
    /** Packets were lost since the statistics were last read. */
    static final int STATUS_LOSING = 1 << 2;

    static final int STATUS_AVAILABLE = 0;
    static final int STATUS_SEND_REQUEST = 1;
    static final int STATUS_SENDING = 1 << 1;
    static final int STATUS_WRONG_FORMAT = 1 << 2;

    static final int RESERVE_BYTES = 70;
    static final int PACKET_OFFSET = 160;
    static final int ETHERNET_HEADER_BYTES = 14;
    static final int FRAME_OFFSET = PACKET_OFFSET - ETHERNET_HEADER_BYTES;

    static final int VNET_HEADER_BYTES = 10;
    static final int VNET_FLAGS = 0;
    static final int VNET_GSO_TYPE = 1;
    static final int VNET_HDR_LEN = 2;
    static final int VNET_CSUM_START = 6;
    static final int VNET_F_NEEDS_CSUM = 1;

    private static final int CACHE_LINE_BYTES = 64;
    static final int BLOCK_BYTES = 2 << 20;
    static final int SMALL_SLOT_BYTES = 33 * CACHE_LINE_BYTES;
    /** Room for 64 KiB of IP packet, as segmentation offload makes them, and what stands before. */
    static final int LARGE_SLOT_BYTES = 1089 * CACHE_LINE_BYTES;

    static final int TRANSMIT_DATA_OFFSET = 32;
    static final int TRANSMIT_BLOCK_BYTES = 512 << 10;
    /** Room for four batches that the device still holds. */
    static final int TRANSMIT_SLOTS = TRANSMIT_BLOCK_BYTES / SMALL_SLOT_BYTES;
    /** Longest frame that goes by the transmit ring. */
    static final int TRANSMIT_FRAME_BYTES = frameCapacity(SMALL_SLOT_BYTES);

    private TpacketDescriptor()
    {
    }

    /** Longest frame that fits a slot. */
    static int frameCapacity(final int slotBytes)
    {
        return slotBytes - FRAME_OFFSET;
    }
}
