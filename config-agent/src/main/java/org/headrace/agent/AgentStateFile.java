package org.headrace.agent;

import org.headrace.agent.publish.ServerKey;
import org.headrace.agent.publish.WeightOverride;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.IpAddress;
import org.headrace.protocol.ServiceKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an agent that dies leaves to the next one: the addresses that it has put on interfaces, and the weights that an
 * operator set at run time.
 */
public final class AgentStateFile
{
    /** Name of the file in the runtime directory. */
    public static final String FILE_NAME = "agent-state.json";

    private static final Logger LOGGER = LoggerFactory.getLogger(AgentStateFile.class);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private record WeightLine(String service, String server, Integer weight, boolean isDrained, int fileWeight)
    {
    }

    private record Content(List<String> addresses, List<WeightLine> weights)
    {
    }

    private final Path file;
    private final Set<IpAddress> addresses = new LinkedHashSet<>();
    private final Map<ServerKey, WeightOverride> overrides = new HashMap<>();

    /**
     * @param directory runtime directory.
     */
    public AgentStateFile(final Path directory)
    {
        file = directory.resolve(FILE_NAME);
    }

    /** Reads what a former agent left; a file that cannot be read counts as none. */
    public void load()
    {
        try
        {
            final Content content = JSON.readValue(Files.readAllBytes(file), Content.class);
            content.addresses().forEach(address -> addresses.add(IpAddress.parse(address)));
            content.weights().forEach(line -> overrides.put(
                new ServerKey(ServiceKey.parse(line.service()), Endpoint.parse(line.server())),
                new WeightOverride(line.weight(), line.isDrained(), line.fileWeight())));
        }
        catch (final NoSuchFileException _)
        {
            LOGGER.debug("event=no-state file={}", file);
        }
        catch (final IOException | JacksonException | IllegalArgumentException | NullPointerException ex)
        {
            LOGGER.warn("event=state-unreadable file={} reason=\"{}\"", file, ex.getMessage());
        }
    }

    /** @return addresses that an agent has put on an interface and not taken off again; may be changed. */
    public Set<IpAddress> addresses()
    {
        return addresses;
    }

    /** @return overrides that were in force. */
    public Map<ServerKey, WeightOverride> overrides()
    {
        return overrides;
    }

    /**
     * Writes the file anew, whole or not at all.
     *
     * @param inForce overrides in force.
     */
    public void save(final Map<ServerKey, WeightOverride> inForce)
    {
        final List<WeightLine> weights = new ArrayList<>();
        inForce.forEach((key, override) -> weights.add(new WeightLine(key.service().toString(),
            key.server().toString(), override.weight(), override.isDrained(), override.fileWeight())));
        final Content content = new Content(addresses.stream().map(IpAddress::toString).toList(), weights);
        final Path next = file.resolveSibling(FILE_NAME + ".new");
        try
        {
            Files.write(next, JSON.writeValueAsBytes(content));
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        catch (final IOException | JacksonException ex)
        {
            LOGGER.error("event=state-not-saved file={} reason=\"{}\"", file, ex.getMessage());
        }
    }
}
