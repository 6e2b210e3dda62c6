package org.headrace.forwarder.io.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.headrace.forwarder.io.bpf.BpfAssembler.Condition;
import org.headrace.forwarder.io.bpf.BpfAssembler.Operation;
import org.headrace.forwarder.io.bpf.BpfAssembler.Width;
import org.junit.jupiter.api.Test;

class BpfAssemblerTest
{
    private final BpfAssembler asm = new BpfAssembler();

    @Test
    void shouldEncodeAsTheInstructionSetSays()
    {
        asm.move(BpfRegister.R6, BpfRegister.R1)
            .move(BpfRegister.R0, -1)
            .load(Width.HALF, BpfRegister.R1, BpfRegister.FP, -24)
            .store(Width.DOUBLE, BpfRegister.FP, -8, BpfRegister.R2)
            .compute(Operation.SHIFT_RIGHT, BpfRegister.R3, 4)
            .swapFromNetwork(BpfRegister.R4, 16)
            .call(BpfHelper.SKB_LOAD_BYTES)
            .exit();

        assertThat(asm.assemble()).containsExactly(
            0x0000_0000_0000_16BFL,
            0xFFFF_FFFF_0000_00B7L,
            0x0000_0000_FFE8_A169L,
            0x0000_0000_FFF8_2A7BL,
            0x0000_0004_0000_0377L,
            0x0000_0010_0000_04DCL,
            0x0000_001A_0000_0085L,
            0x0000_0000_0000_0095L);
    }

    @Test
    void shouldSplitLongValuesOverTwoInstructions()
    {
        asm.moveLong(BpfRegister.R3, 0x1122_3344_8566_7788L).moveMap(BpfRegister.R1, 7);

        assertThat(asm.assemble()).containsExactly(
            0x8566_7788_0000_0318L, 0x1122_3344_0000_0000L, 0x0000_0007_0000_1118L, 0L);
    }

    @Test
    void shouldCountJumpsFromTheNextInstruction()
    {
        asm.label("start")
            .jumpIf(Condition.EQUAL, BpfRegister.R1, 5, "end")
            .jump("start")
            .label("end").exit();

        assertThat(asm.assemble()).containsExactly(0x0000_0005_0001_0115L, 0x0000_0000_FFFE_0005L, 0x95L);
    }

    @Test
    void shouldRefuseLabelsThatAreMissingOrSetTwice()
    {
        asm.jump("nowhere").label("here");

        assertThatThrownBy(asm::assemble).hasMessage("label=nowhere is jumped to and not set");
        assertThatThrownBy(() -> asm.label("here")).hasMessage("label=here is set twice");
    }
}
