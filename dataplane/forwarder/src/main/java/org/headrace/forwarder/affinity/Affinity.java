package org.headrace.forwarder.affinity;

import java.lang.foreign.Arena;

/**
 * What all workers and the conductor share for session persistence.
 *
 * @param templates which client has which server.
 * @param changes   places of templates that have changed.
 */
public record Affinity(PersistenceTable templates, TemplateQueue changes)
{
    private static final int ALIGNMENT = 64;

    /** @param entries templates that have room at least. @return templates that end with the process. */
    public static Affinity inMemory(final int entries)
    {
        final long length = PersistenceFile.requiredBytes(entries);
        return new Affinity(
            PersistenceFile.create(Arena.ofAuto().allocate(length, ALIGNMENT), entries, System.nanoTime()),
            new TemplateQueue());
    }
}
