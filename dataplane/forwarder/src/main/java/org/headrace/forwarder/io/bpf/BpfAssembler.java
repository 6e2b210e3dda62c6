package org.headrace.forwarder.io.bpf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes eBPF instructions, with names as jump targets.
 *
 * <p>An instruction is eight bytes ({@code linux/bpf.h}, {@code struct bpf_insn}; instruction set: RFC 9669):
 * <pre>
 *  0        8   12  16               32                              64
 *  +--------+---+---+----------------+-------------------------------+
 *  | opcode |dst|src|  offset (s16)  |        immediate (s32)        |
 *  +--------+---+---+----------------+-------------------------------+
 * </pre>
 */
final class BpfAssembler
{
    /** {@code BPF_MAXINSNS} of old kernels; also keeps every jump inside its 16 bits. */
    static final int MAX_INSTRUCTIONS = 4096;

    private static final int CLASS_LD_IMM64 = 0x18;
    private static final int CLASS_LDX = 0x61;
    private static final int CLASS_ST = 0x62;
    private static final int CLASS_STX = 0x63;
    private static final int CLASS_ALU64 = 0x07;
    private static final int TO_BIG_ENDIAN = 0xDC;
    private static final int JUMP = 0x05;
    private static final int CALL = 0x85;
    private static final int EXIT = 0x95;
    private static final int FROM_REGISTER = 0x08;
    private static final int PSEUDO_MAP_FD = 1;

    /** Width of a load or store, with its bits in the opcode. */
    enum Width
    {
        /** One byte. */
        BYTE(0x10),
        /** Two bytes. */
        HALF(0x08),
        /** Four bytes. */
        WORD(0x00),
        /** Eight bytes. */
        DOUBLE(0x18);

        private final int bits;

        Width(final int bits)
        {
            this.bits = bits;
        }
    }

    /** Arithmetic on 64 bits, with its bits in the opcode. */
    enum Operation
    {
        /** {@code dst += src}. */
        ADD(0x00),
        /** {@code dst *= src}. */
        MULTIPLY(0x20),
        /** {@code dst |= src}. */
        OR(0x40),
        /** {@code dst &= src}. */
        AND(0x50),
        /** {@code dst <<= src}. */
        SHIFT_LEFT(0x60),
        /** {@code dst >>>= src}. */
        SHIFT_RIGHT(0x70),
        /** {@code dst ^= src}. */
        XOR(0xA0),
        /** {@code dst = src}. */
        MOVE(0xB0);

        private final int bits;

        Operation(final int bits)
        {
            this.bits = bits;
        }
    }

    /** Condition of a jump over unsigned 64-bit values, with its bits in the opcode. */
    enum Condition
    {
        /** {@code dst == immediate}. */
        EQUAL(0x10),
        /** {@code dst > immediate}. */
        ABOVE(0x20),
        /** {@code (dst & immediate) != 0}. */
        ANY_BIT(0x40),
        /** {@code dst != immediate}. */
        NOT_EQUAL(0x50),
        /** {@code dst < immediate}. */
        BELOW(0xA0),
        /** {@code dst <= immediate}. */
        NOT_ABOVE(0xB0);

        private final int bits;

        Condition(final int bits)
        {
            this.bits = bits;
        }
    }

    private record Reference(int instruction, String label)
    {
    }

    private final List<Long> instructions = new ArrayList<>();
    private final Map<String, Integer> labels = new HashMap<>();
    private final List<Reference> references = new ArrayList<>();

    /** Marks the next instruction as a jump target. */
    BpfAssembler label(final String name)
    {
        if (labels.putIfAbsent(name, instructions.size()) != null)
        {
            throw new IllegalStateException("label=" + name + " is set twice");
        }
        return this;
    }

    /** {@code target = *(width *)(base + offset)}. */
    BpfAssembler load(final Width width, final BpfRegister target, final BpfRegister base, final int offset)
    {
        return add(CLASS_LDX | width.bits, target, base, offset, 0);
    }

    /** {@code *(width *)(base + offset) = source}. */
    BpfAssembler store(final Width width, final BpfRegister base, final int offset, final BpfRegister source)
    {
        return add(CLASS_STX | width.bits, base, source, offset, 0);
    }

    /** {@code *(width *)(base + offset) = value}. */
    BpfAssembler storeValue(final Width width, final BpfRegister base, final int offset, final int value)
    {
        return add(CLASS_ST | width.bits, base, BpfRegister.R0, offset, value);
    }

    /** {@code target = target operation source}. */
    BpfAssembler compute(final Operation operation, final BpfRegister target, final BpfRegister source)
    {
        return add(CLASS_ALU64 | FROM_REGISTER | operation.bits, target, source, 0, 0);
    }

    /** {@code target = target operation value}, the value sign-extended. */
    BpfAssembler compute(final Operation operation, final BpfRegister target, final int value)
    {
        return add(CLASS_ALU64 | operation.bits, target, BpfRegister.R0, 0, value);
    }

    /** {@code target = source}. */
    BpfAssembler move(final BpfRegister target, final BpfRegister source)
    {
        return compute(Operation.MOVE, target, source);
    }

    /** {@code target = value}, sign-extended. */
    BpfAssembler move(final BpfRegister target, final int value)
    {
        return compute(Operation.MOVE, target, value);
    }

    /** Turns 16, 32 or 64 bits from network order to the machine's, or back; clears the bits above. */
    BpfAssembler swapFromNetwork(final BpfRegister target, final int bits)
    {
        return add(TO_BIG_ENDIAN, target, BpfRegister.R0, 0, bits);
    }

    /** {@code target = value}, all 64 bits. */
    BpfAssembler moveLong(final BpfRegister target, final long value)
    {
        add(CLASS_LD_IMM64, target, BpfRegister.R0, 0, (int)value);
        return add(0, BpfRegister.R0, BpfRegister.R0, 0, (int)(value >>> Integer.SIZE));
    }

    /** {@code target = the map}, for a helper's argument. */
    BpfAssembler moveMap(final BpfRegister target, final int mapFd)
    {
        instructions.add(encode(CLASS_LD_IMM64, target.ordinal(), PSEUDO_MAP_FD, 0, mapFd));
        return add(0, BpfRegister.R0, BpfRegister.R0, 0, 0);
    }

    /** Jumps to the label if the condition holds. */
    BpfAssembler jumpIf(final Condition condition, final BpfRegister left, final int value, final String label)
    {
        references.add(new Reference(instructions.size(), label));
        return add(JUMP | condition.bits, left, BpfRegister.R0, 0, value);
    }

    /** Jumps to the label if the condition holds. */
    BpfAssembler jumpIf(
        final Condition condition, final BpfRegister left, final BpfRegister right, final String label)
    {
        references.add(new Reference(instructions.size(), label));
        return add(JUMP | FROM_REGISTER | condition.bits, left, right, 0, 0);
    }

    /** Jumps to the label. */
    BpfAssembler jump(final String label)
    {
        references.add(new Reference(instructions.size(), label));
        return add(JUMP, BpfRegister.R0, BpfRegister.R0, 0, 0);
    }

    /** Calls a function of the kernel with R1 to R5; the result is in R0. */
    BpfAssembler call(final BpfHelper helper)
    {
        return add(CALL, BpfRegister.R0, BpfRegister.R0, 0, helper.id());
    }

    /** Ends the program with the result in R0. */
    BpfAssembler exit()
    {
        return add(EXIT, BpfRegister.R0, BpfRegister.R0, 0, 0);
    }

    /**
     * @return the program, one instruction per element as it stands in little-endian memory.
     * @throws IllegalStateException if a label is missing or the program too long.
     */
    long[] assemble()
    {
        if (instructions.size() > MAX_INSTRUCTIONS)
        {
            throw new IllegalStateException(
                "instructions=" + instructions.size() + " > MAX_INSTRUCTIONS=" + MAX_INSTRUCTIONS);
        }
        final long[] program = instructions.stream().mapToLong(Long::longValue).toArray();
        for (final Reference reference : references)
        {
            final Integer target = labels.get(reference.label());
            if (target == null)
            {
                throw new IllegalStateException("label=" + reference.label() + " is jumped to and not set");
            }
            final long distance = target - reference.instruction() - 1L;
            program[reference.instruction()] |= (distance & 0xFFFF) << 16;
        }
        return program;
    }

    private BpfAssembler add(
        final int opcode, final BpfRegister target, final BpfRegister source, final int offset, final int immediate)
    {
        instructions.add(encode(opcode, target.ordinal(), source.ordinal(), offset, immediate));
        return this;
    }

    private static long encode(
        final int opcode, final int target, final int source, final int offset, final int immediate)
    {
        return opcode | (long)target << 8 | (long)source << 12 | (offset & 0xFFFFL) << 16 |
            (long)immediate << Integer.SIZE;
    }
}
