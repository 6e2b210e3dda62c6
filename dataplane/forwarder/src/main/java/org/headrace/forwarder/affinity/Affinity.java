package org.headrace.forwarder.affinity;

import java.lang.foreign.Arena;

/**
 * What all workers and the conductor share for session persistence.
 *
 * @param templates which client has which server.
 * @param changes   places of templates that have changed.
 * @param reserver  gives the table its memory, if it has none yet; conductor only.
 */
public record Affinity(PersistenceTable templates, TemplateQueue changes, Runnable reserver)
{
    private static final int ALIGNMENT = 64;

    /**
     * Gives the table the memory for its templates, if it has none yet.
     *
     * @throws IllegalStateException if there is not enough.
     */
    public void reserve()
    {
        reserver.run();
    }

    /** @param entries templates that have room at least. @return templates that end with the process. */
    public static Affinity inMemory(final int entries)
    {
        final long length = PersistenceFile.requiredBytes(entries);
        return new Affinity(
            PersistenceFile.create(Arena.ofAuto().allocate(length, ALIGNMENT), entries, System.nanoTime()),
            new TemplateQueue(), () -> { });
    }
}
