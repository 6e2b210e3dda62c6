package org.headrace.perf.generate.host;

import org.headrace.perf.lab.Await;
import org.headrace.perf.lab.NetworkNamespace;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** MAC addresses, and whose is the next hop to a target: the kernel is asked for its route and its neighbour. */
public final class NextHop
{
    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern SYNTAX = Pattern.compile("(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}");
    private static final Duration LIMIT = Duration.ofSeconds(3);
    private static final int DISCARD_PORT = 9;

    private NextHop()
    {
    }

    /** @param text {@code 02:00:00:00:00:01}. @return the address in the low 48 bits, first byte highest. */
    public static long parse(final String text)
    {
        if (!SYNTAX.matcher(text).matches())
        {
            throw new IllegalArgumentException("'" + text + "' is no MAC address (as in 02:00:00:00:00:01)");
        }
        return HexFormat.fromHexDigitsToLong(text.replace(":", ""));
    }

    /** @param mac in the low 48 bits. @return {@code 02:00:00:00:00:01}. */
    public static String format(final long mac)
    {
        return HexFormat.ofDelimiter(":").formatHex(ByteBuffer.allocate(Long.BYTES).putLong(mac).array(), 2, 8);
    }

    /**
     * Asks the kernel; an unknown neighbour is found by sending one empty datagram to it.
     *
     * @param place         to send from.
     * @param interfaceName that must lead to the target.
     * @param target        to reach.
     * @return MAC address of the next hop.
     * @throws IllegalArgumentException when there is no such route or no such neighbour.
     */
    public static long find(final NetworkNamespace place, final String interfaceName, final InetAddress target)
    {
        final JsonNode route = JSON.readTree(
            place.check("ip", "-json", "route", "get", target.getHostAddress(), "oif", interfaceName)).path(0);
        final String hop = route.path("gateway").asString(target.getHostAddress());
        place.call(() -> knock(hop));
        final long[] mac = new long[1];
        if (!Await.holdsWithin(LIMIT, () -> (mac[0] = neighbour(place, interfaceName, hop)) != 0))
        {
            throw new IllegalArgumentException("next hop " + hop + " of target=" + target.getHostAddress() +
                " does not answer on interface=" + interfaceName + "; --next-hop MAC names it");
        }
        return mac[0];
    }

    private static Void knock(final String hop) throws IOException
    {
        try (DatagramChannel channel = DatagramChannel.open())
        {
            channel.send(ByteBuffer.allocate(0), new InetSocketAddress(InetAddress.ofLiteral(hop), DISCARD_PORT));
        }
        return null;
    }

    private static long neighbour(final NetworkNamespace place, final String interfaceName, final String hop)
    {
        final JsonNode found = JSON.readTree(
            place.check("ip", "-json", "neighbour", "show", "to", hop, "dev", interfaceName));
        final String mac = found.path(0).path("lladdr").asString("");
        return mac.isEmpty() ? 0 : parse(mac);
    }
}
