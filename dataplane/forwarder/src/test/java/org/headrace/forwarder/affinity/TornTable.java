package org.headrace.forwarder.affinity;

import static org.headrace.forwarder.affinity.PersistenceTableDescriptor.*;

import org.headrace.forwarder.linux.NativeMemory;

/** Leaves a table as a process leaves it that dies in the middle of something. */
final class TornTable
{
    private TornTable()
    {
    }

    static void writing(final PersistenceTable table, final int index)
    {
        final long control = bucket(table, index) + CONTROLS_OFFSET + (long)(index % BUCKET_ENTRIES) * Long.BYTES;
        NativeMemory.putLong(control, NativeMemory.getLong(control) & ~STATE_MASK | WRITING);
    }

    static void own(final PersistenceTable table, final int index)
    {
        NativeMemory.putLong(bucket(table, index) + OWNER_OFFSET, 1);
    }

    static void foreignServer(final PersistenceTable table, final int index, final int server)
    {
        final long entry = bucket(table, index) + ENTRIES_OFFSET + (long)(index % BUCKET_ENTRIES) * ENTRY_LENGTH;
        NativeMemory.putLong(entry + SERVER_OFFSET, server);
    }

    private static long bucket(final PersistenceTable table, final int index)
    {
        return table.address() + HEADER_LENGTH + (long)(index / BUCKET_ENTRIES) * BUCKET_LENGTH;
    }
}
