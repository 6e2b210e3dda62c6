package org.headrace.forwarder.io.uring;

/**
 * Layout of a TPACKET_V2 receive ring ({@code linux/if_packet.h}) as this driver sets it up.
 *
 * <p>The ring is a row of blocks, a block a row of slots, a slot:
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

    static final int BLOCK_BYTES = 2 << 20;
    static final int SMALL_SLOT_BYTES = 2048;
    /** Room for 64 KiB of IP packet, as segmentation offload makes them, and what stands before. */
    static final int LARGE_SLOT_BYTES = 68 << 10;

    private TpacketDescriptor()
    {
    }

    /** Longest frame that fits a slot. */
    static int frameCapacity(final int slotBytes)
    {
        return slotBytes - FRAME_OFFSET;
    }
}
