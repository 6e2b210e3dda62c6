package org.headrace.protocol;

/**
 * How much clients may use a listener, or an instance.
 *
 * @param connections             at the same time, 1 to 2^31 - 1; 0 for any number.
 * @param newConnectionsPerSecond 1 to 2^31 - 1; 0 for any number.
 */
public record Limits(int connections, int newConnectionsPerSecond)
{
    /** No limit. */
    public static final Limits NONE = new Limits(0, 0);

    /** @return true if there is no limit at all. */
    public boolean isNone()
    {
        return connections == 0 && newConnectionsPerSecond == 0;
    }

    /** @return {@code connections=5000 new-connections-per-second=3000}, or {@code none}. */
    @Override
    public String toString()
    {
        final String first = connections == 0 ? "" : "connections=" + connections;
        final String second =
            newConnectionsPerSecond == 0 ? "" : "new-connections-per-second=" + newConnectionsPerSecond;
        return isNone() ? "none" : first + (first.isEmpty() || second.isEmpty() ? "" : " ") + second;
    }
}
