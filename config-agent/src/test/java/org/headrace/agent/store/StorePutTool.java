package org.headrace.agent.store;

import java.io.IOException;
import java.nio.file.Path;

/** Puts templates into a store until it is killed; says how many it has put, now and then. */
final class StorePutTool
{
    static final int CLIENTS = 20_000;
    static final long EXPIRES_MS = 4_000_000_000_000L;
    private static final int REPORT = 1_000;

    private StorePutTool()
    {
    }

    /** @param arguments directory of the store. */
    public static void main(final String... arguments) throws IOException
    {
        // Never closed: it is to be killed.
        @SuppressWarnings("resource")
        final TemplateStore store = TemplateStore.open(Path.of(arguments[0]), CLIENTS);
        for (int i = 0; ; i++)
        {
            store.put(Templates.template(i % CLIENTS, EXPIRES_MS + i / CLIENTS));
            if (i % REPORT == 0)
            {
                System.out.println("put=" + i);
            }
        }
    }
}
