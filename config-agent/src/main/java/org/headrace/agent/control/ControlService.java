package org.headrace.agent.control;

import org.headrace.agent.ConfigAgent;
import org.headrace.agent.ReloadOutcome;
import org.headrace.agent.config.ServerConfig;
import org.headrace.agent.config.ServiceConfig;
import org.headrace.agent.publish.HealthStatus;
import org.headrace.agent.publish.ServerKey;
import org.headrace.agent.publish.WeightOverride;
import org.headrace.protocol.Endpoint;
import org.headrace.protocol.ServiceKey;
import org.headrace.protocol.codec.ResultCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Answers the requests of the control socket, on the agent's thread. */
public final class ControlService implements ControlSocketListener
{
    private static final Logger LOGGER = LoggerFactory.getLogger(ControlService.class);
    private static final JsonMapper JSON = JsonMapper.builder()
        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .build();
    private static final String REQUESTS = "status, health, weight, drain, undrain, reload, connections, persistence";

    private final ConfigAgent agent;

    /**
     * @param agent that is asked.
     */
    public ControlService(final ConfigAgent agent)
    {
        this.agent = agent;
    }

    @Override
    public void onLine(final String line, final Consumer<String> reply)
    {
        final Consumer<ControlReply> sink = answer -> reply.accept(answer.toJson());
        try
        {
            final ControlRequest request = JSON.readValue(line, ControlRequest.class);
            if (request == null || request.request() == null)
            {
                sink.accept(ControlReply.failed("request is missing (allowed: " + REQUESTS + ")"));
                return;
            }
            if (request.request().equals("connections"))
            {
                agent.session().connections(
                    ConnectionsRequest.query(request, this::service), new ConnectionsReply(reply));
                return;
            }
            serve(request, sink);
        }
        catch (final JacksonException ex)
        {
            sink.accept(ControlReply.failed("request is not JSON of a known form: " + ex.getOriginalMessage()));
        }
        catch (final IllegalArgumentException ex)
        {
            sink.accept(ControlReply.failed(ex.getMessage()));
        }
    }

    private void serve(final ControlRequest request, final Consumer<ControlReply> reply)
    {
        switch (request.request())
        {
            case "status" -> reply.accept(status());
            case "health" -> reply.accept(health());
            case "weight", "drain", "undrain" -> override(request, reply);
            case "reload" -> agent.reload(outcome -> reply.accept(reload(outcome)));
            case "persistence" -> agent.session().templates(
                TemplatesRequest.query(request, this::service), new TemplatesReply(reply));
            default -> reply.accept(ControlReply.failed(
                "request=" + request.request() + " is unknown (allowed: " + REQUESTS + ")"));
        }
    }

    private ControlReply status()
    {
        final ControlReply reply = ControlReply.ok();
        final ObjectNode json = reply.json();
        json.put("pid", ProcessHandle.current().pid());
        json.put("startMs", agent.startMs());
        json.put("ready", agent.isReady());
        json.put("session", agent.session().stateName());
        json.put("generation", agent.session().acceptedGeneration());
        json.put("services", agent.state().services().size());
        json.put("servers",
            agent.state().services().stream().mapToInt(service -> service.listener().servers().size()).sum());
        final ArrayNode overrides = json.putArray("overrides");
        agent.state().overrides().forEach((key, override) -> overrides.addObject()
            .put("service", key.service().toString())
            .put("server", key.server().toString())
            .put("weight", override.effectiveWeight())
            .put("drained", override.isDrained()));
        json.putObject("persistenceStore")
            .put("state", agent.store().stateName())
            .put("inStep", agent.templates().isInStep())
            .put("templates", agent.store().storedCount());
        final ReloadOutcome last = agent.lastReload();
        if (last != null)
        {
            json.putObject("lastReload").put("timeMs", last.timeMs()).put("ok", last.isOk()).put("text", last.text());
        }
        return reply;
    }

    private ControlReply health()
    {
        final ControlReply reply = ControlReply.ok();
        final ArrayNode servers = reply.json().putArray("servers");
        for (final ServiceConfig service : agent.state().services())
        {
            for (final ServerConfig server : service.listener().servers())
            {
                final ObjectNode json = servers.addObject();
                json.put("service", service.key().toString());
                json.put("name", service.name());
                json.put("server", server.endpoint().toString());
                json.put("state", lower(agent.state().state(service, server.endpoint())));
                final boolean isChecked = service.listener().health().isChecked();
                final HealthStatus status = isChecked ?
                    agent.state().health(service.listener().health().target(server.endpoint())) : null;
                json.put("reason", status != null ? status.reason() : isChecked ? "not checked yet" : "no check");
                json.put("sinceMs", status == null ? 0 : status.sinceMs());
            }
        }
        return reply;
    }

    private void override(final ControlRequest request, final Consumer<ControlReply> reply)
    {
        final ServiceConfig service = service(required(request.service(), "service"));
        final Endpoint endpoint = Endpoint.parse(required(request.server(), "server"));
        final ServerKey key = new ServerKey(service.key(), endpoint);
        final ServerConfig server = agent.state().server(key);
        if (server == null)
        {
            throw new IllegalArgumentException("server=" + endpoint + " is not a server of service=" + service.key() +
                " (" + service.name() + "); it has " + list(service));
        }
        final WeightOverride former = agent.state().overrides().getOrDefault(
            key, new WeightOverride(null, false, server.weight()));
        final WeightOverride next = switch (request.request())
        {
            case "drain" -> new WeightOverride(former.weight(), true, server.weight());
            case "undrain" -> new WeightOverride(former.weight(), false, server.weight());
            default -> new WeightOverride(weight(request.weight()), false, server.weight());
        };
        agent.override(key, next, (code, text) ->
        {
            LOGGER.info("event={} service={} server={} weight={} code={}", request.request(), service.key(), endpoint,
                next.effectiveWeight(), code);
            reply.accept(code == ResultCode.OK ? changed(service, endpoint, next) :
                ControlReply.failed(text.isEmpty() ? code.toString() : code + ": " + text));
        });
    }

    private static ControlReply changed(
        final ServiceConfig service, final Endpoint server, final WeightOverride override)
    {
        final ControlReply reply = ControlReply.ok();
        reply.json().put("service", service.key().toString());
        reply.json().put("server", server.toString());
        reply.json().put("weight", override.effectiveWeight());
        return reply;
    }

    private static ControlReply reload(final ReloadOutcome outcome)
    {
        final ControlReply reply = outcome.isOk() ? ControlReply.ok() : ControlReply.failed(outcome.text());
        reply.json().put("text", outcome.text());
        outcome.changes().forEach(reply.json().putArray("changes")::add);
        outcome.problems().forEach(reply.json().putArray("problems")::add);
        return reply;
    }

    private ServiceConfig service(final String text)
    {
        // A name has no colon, and an address and port have one.
        final List<ServiceConfig> found = text.indexOf(':') < 0 ? named(text) : keyed(text);
        if (found.size() == 1)
        {
            return found.getFirst();
        }
        if (found.isEmpty())
        {
            throw new IllegalArgumentException("service=" + text + " does not exist (there are " +
                summary(agent.state().services().stream().map(s -> s.key() + " " + s.name()).toList()) + ")");
        }
        throw new IllegalArgumentException("service=" + text + " has several addresses: name one of " +
            summary(found.stream().map(s -> s.key().toString()).toList()));
    }

    private List<ServiceConfig> named(final String name)
    {
        return agent.state().services().stream().filter(service -> service.name().equals(name)).toList();
    }

    private List<ServiceConfig> keyed(final String text)
    {
        try
        {
            final ServiceConfig service = agent.state().service(ServiceKey.parse(text));
            return service == null ? List.of() : List.of(service);
        }
        catch (final IllegalArgumentException _)
        {
            return List.of();
        }
    }

    private static String list(final ServiceConfig service)
    {
        return summary(service.listener().servers().stream().map(s -> s.endpoint().toString()).toList());
    }

    private static String summary(final List<String> items)
    {
        final int limit = 8;
        return items.isEmpty() ? "none" : String.join(", ", items.subList(0, Math.min(limit, items.size()))) +
            (items.size() > limit ? " and " + (items.size() - limit) + " more" : "");
    }

    private static int weight(final Integer weight)
    {
        if (weight == null || weight < 0 || weight > ServerConfig.MAX_WEIGHT)
        {
            throw new IllegalArgumentException("weight=" + weight + " is outside 0.." + ServerConfig.MAX_WEIGHT);
        }
        return weight;
    }

    private static String required(final String value, final String name)
    {
        if (value == null)
        {
            throw new IllegalArgumentException(name + " is missing");
        }
        return value;
    }

    private static String lower(final Enum<?> value)
    {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
