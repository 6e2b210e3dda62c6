package org.headrace.agent.config;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Configuration files for tests. */
public final class ConfigSamples
{
    /** A valid file. */
    public static final String WEB = """
        dataplane:
          directory: /tmp/headrace-test
          interfaces: [eth1, eth2]
        instances:
          - name: web
            address: 10.99.0.1
            listeners:
              - name: http
                protocol: tcp
                port: 80
                servers:
                  - {address: 10.2.1.2, port: 8080, weight: 100}
                  - {address: 10.2.2.2, port: 8080, weight: 50}
        """;

    private ConfigSamples()
    {
    }

    /**
     * @param text of a file.
     * @return what the reader makes of it.
     */
    public static ConfigResult read(final String text)
    {
        return ConfigReader.read("headrace.yaml", text.getBytes(UTF_8));
    }

    /**
     * @param text of a valid file.
     * @return its model.
     */
    public static HeadraceConfig config(final String text)
    {
        final ConfigResult result = read(text);
        if (!result.isValid())
        {
            throw new AssertionError(result.problems().toString());
        }
        return result.config();
    }

    /**
     * @param count of servers.
     * @return a valid file with one listener.
     */
    public static String withServers(final int count)
    {
        final StringBuilder text = new StringBuilder(WEB.substring(0, WEB.indexOf("          - {")));
        for (int i = 0; i < count; i++)
        {
            text.append("          - {address: 10.").append(2 + (i >> 16)).append('.').append((i >> 8) & 0xFF)
                .append('.').append(i & 0xFF).append(", port: 8080, weight: ").append(i % 100).append("}\n");
        }
        return text.toString();
    }
}
