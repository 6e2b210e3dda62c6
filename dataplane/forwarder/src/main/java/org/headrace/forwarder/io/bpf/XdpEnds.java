package org.headrace.forwarder.io.bpf;

import static org.headrace.forwarder.io.bpf.BpfAssembler.Condition.ABOVE;
import static org.headrace.forwarder.io.bpf.BpfAssembler.Condition.NOT_EQUAL;
import static org.headrace.forwarder.io.bpf.BpfAssembler.Operation.ADD;
import static org.headrace.forwarder.io.bpf.BpfAssembler.Operation.SHIFT_LEFT;
import static org.headrace.forwarder.io.bpf.BpfAssembler.Width.DOUBLE;
import static org.headrace.forwarder.io.bpf.BpfAssembler.Width.HALF;
import static org.headrace.forwarder.io.bpf.BpfAssembler.Width.WORD;
import static org.headrace.forwarder.io.bpf.BpfRegister.FP;
import static org.headrace.forwarder.io.bpf.BpfRegister.R0;
import static org.headrace.forwarder.io.bpf.BpfRegister.R1;
import static org.headrace.forwarder.io.bpf.BpfRegister.R2;
import static org.headrace.forwarder.io.bpf.BpfRegister.R3;
import static org.headrace.forwarder.io.bpf.BpfRegister.R4;
import static org.headrace.forwarder.io.bpf.BpfRegister.R6;
import static org.headrace.forwarder.io.bpf.BpfRegister.R7;
import static org.headrace.forwarder.io.bpf.BpfRegister.R8;
import static org.headrace.forwarder.io.bpf.PickerStack.HEADER;

/**
 * How the picker's decision begins and ends in XDP, before the kernel has looked at the frame: the program reads the
 * Ethernet header itself, and gives our frames to the AF_XDP socket of their receive queue.
 *
 * @param macAddress   of the interface: frames to any other address are not ours.
 * @param sockets      map from which to redirect. A queue without a socket has our frames dropped.
 * @param isHashStored whether {@link ClientHash} of the frame is to stand in the four bytes before it (XDP metadata, in
 *                     the machine's order), for the hand-over to another worker.
 */
record XdpEnds(long macAddress, BpfMap sockets, boolean isHashStored)
{
    static final int XDP_DROP = 1;
    static final int XDP_PASS = 2;
    static final int XDP_REDIRECT = 4;
    /** Length of the metadata. */
    static final int HASH_BYTES = 4;

    /** Fields of {@code struct xdp_md}, {@code linux/bpf.h}. */
    private static final int MD_DATA = 0;
    private static final int MD_DATA_META = 8;
    private static final int MD_RX_QUEUE_INDEX = 16;

    private static final int ETHERTYPE_OFFSET = 12;

    /** In: R6 the context. Out: R1 the EtherType. A tagged frame has that of its tag, which nobody asks for. */
    void emitStart(final BpfAssembler asm, final PacketLoader loader)
    {
        asm.move(R7, 0);
        loader.load(R7, HEADER, PickerProgram.ETHERNET_HEADER_BYTES);
        // Both sides without the two bytes that follow the address in memory.
        asm.load(DOUBLE, R1, FP, HEADER).compute(SHIFT_LEFT, R1, Short.SIZE)
            .moveLong(R2, Long.reverseBytes(macAddress << Short.SIZE) << Short.SIZE)
            .jumpIf(NOT_EQUAL, R1, R2, HeaderParser.NOT_OURS)
            .load(HALF, R1, FP, HEADER + ETHERTYPE_OFFSET);
    }

    /** In: R6 the context, R8 the hash. */
    void emitAccept(final BpfAssembler asm)
    {
        if (isHashStored)
        {
            asm.move(R1, R6).move(R2, -HASH_BYTES).call(BpfHelper.XDP_ADJUST_META)
                .jumpIf(NOT_EQUAL, R0, 0, "drop")
                .load(WORD, R2, R6, MD_DATA_META)
                .load(WORD, R3, R6, MD_DATA)
                .move(R4, R2).compute(ADD, R4, HASH_BYTES)
                // For the verifier, which does not know what the call has done.
                .jumpIf(ABOVE, R4, R3, "drop")
                .store(WORD, R2, 0, R8);
        }
        asm.load(WORD, R2, R6, MD_RX_QUEUE_INDEX)
            .moveMap(R1, sockets.fd())
            .move(R3, XDP_DROP)
            .call(BpfHelper.REDIRECT_MAP)
            .exit();
        if (isHashStored)
        {
            // A frame without room for its hash would go to a worker that does not know its connection.
            asm.label("drop").move(R0, XDP_DROP).exit();
        }
    }
}
