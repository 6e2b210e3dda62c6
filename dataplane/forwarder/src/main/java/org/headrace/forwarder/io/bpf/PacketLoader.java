package org.headrace.forwarder.io.bpf;

import static org.headrace.forwarder.io.bpf.BpfAssembler.Condition.NOT_EQUAL;
import static org.headrace.forwarder.io.bpf.BpfAssembler.Operation.ADD;
import static org.headrace.forwarder.io.bpf.BpfRegister.FP;
import static org.headrace.forwarder.io.bpf.BpfRegister.R0;
import static org.headrace.forwarder.io.bpf.BpfRegister.R1;
import static org.headrace.forwarder.io.bpf.BpfRegister.R2;
import static org.headrace.forwarder.io.bpf.BpfRegister.R3;
import static org.headrace.forwarder.io.bpf.BpfRegister.R4;
import static org.headrace.forwarder.io.bpf.BpfRegister.R6;

/**
 * Emits the reading of packet bytes: the same call in all programs, by the helper of the program's kind.
 *
 * @param asm    to write to.
 * @param helper {@link BpfHelper#SKB_LOAD_BYTES} or {@link BpfHelper#XDP_LOAD_BYTES}, which take the same arguments.
 */
record PacketLoader(BpfAssembler asm, BpfHelper helper)
{
    /**
     * In: R6 the program's context. Jumps to {@link HeaderParser#NOT_OURS} if the packet ends before.
     *
     * @param offset      register with the place in the packet.
     * @param stackPlace  where the bytes go.
     * @param lengthBytes of them.
     */
    void load(final BpfRegister offset, final int stackPlace, final int lengthBytes)
    {
        asm.move(R1, R6)
            .move(R2, offset)
            .move(R3, FP).compute(ADD, R3, stackPlace)
            .move(R4, lengthBytes)
            .call(helper)
            .jumpIf(NOT_EQUAL, R0, 0, HeaderParser.NOT_OURS);
    }
}
