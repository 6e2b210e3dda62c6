package org.headrace.forwarder.io.bpf;

import org.headrace.forwarder.linux.Syscall;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * {@code bpf(2)}: numbers of {@code enum bpf_cmd} and an attribute block ({@code union bpf_attr}) to fill in by offset,
 * as {@code linux/bpf.h} lays it out for each command. For control code; allocates.
 */
final class BpfCommand implements AutoCloseable
{
    static final int MAP_CREATE = 0;
    static final int MAP_LOOKUP_ELEM = 1;
    static final int MAP_UPDATE_ELEM = 2;
    static final int MAP_DELETE_ELEM = 3;
    static final int PROG_LOAD = 5;
    static final int OBJ_PIN = 6;
    static final int OBJ_GET = 7;
    static final int PROG_TEST_RUN = 10;
    static final int LINK_CREATE = 28;
    static final int LINK_UPDATE = 29;

    /** Longest name of a map or program, {@code BPF_OBJ_NAME_LEN} less the closing zero. */
    private static final int NAME_BYTES = 15;
    private static final int ATTRIBUTE_BYTES = 144;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment attributes = arena.allocate(ATTRIBUTE_BYTES, Long.BYTES);
    private final int command;
    private int usedBytes;

    BpfCommand(final int command)
    {
        this.command = command;
    }

    BpfCommand putInt(final int offset, final int value)
    {
        attributes.set(ValueLayout.JAVA_INT, offset, value);
        usedBytes = Math.max(usedBytes, offset + Integer.BYTES);
        return this;
    }

    BpfCommand putLong(final int offset, final long value)
    {
        attributes.set(ValueLayout.JAVA_LONG, offset, value);
        usedBytes = Math.max(usedBytes, offset + Long.BYTES);
        return this;
    }

    /** Stores the address of the memory. */
    BpfCommand putPointer(final int offset, final MemorySegment memory)
    {
        return putLong(offset, memory.address());
    }

    /** Copies the bytes beside the attributes and stores their address. */
    BpfCommand putBytes(final int offset, final byte[] bytes)
    {
        return putPointer(offset, arena.allocate(bytes.length, Long.BYTES).copyFrom(MemorySegment.ofArray(bytes)));
    }

    /** Copies the text beside the attributes and stores its address. */
    BpfCommand putText(final int offset, final String text)
    {
        return putPointer(offset, arena.allocateFrom(text));
    }

    /** Stores a name in place; what is too long is cut. */
    BpfCommand putName(final int offset, final String name)
    {
        final byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        final int length = Math.min(bytes.length, NAME_BYTES);
        MemorySegment.copy(bytes, 0, attributes, ValueLayout.JAVA_BYTE, offset, length);
        usedBytes = Math.max(usedBytes, offset + NAME_BYTES + 1);
        return this;
    }

    MemorySegment allocate(final long lengthBytes)
    {
        return arena.allocate(lengthBytes, Long.BYTES);
    }

    int getInt(final int offset)
    {
        return attributes.get(ValueLayout.JAVA_INT, offset);
    }

    /** Runs the command: its result, or the negative error number. */
    long run()
    {
        // The kernel takes a block longer than it knows if the rest is zero, but wants the size to be a multiple of 8.
        return Syscall.bpf(command, attributes.address(), usedBytes + Long.BYTES - 1 & -Long.BYTES);
    }

    @Override
    public void close()
    {
        arena.close();
    }
}
