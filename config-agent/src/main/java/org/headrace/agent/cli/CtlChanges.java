package org.headrace.agent.cli;

import org.headrace.agent.config.ServerConfig;
import org.headrace.agent.control.ControlRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The commands of {@code headrace ctl} that change something; each takes effect without touching connections. */
final class CtlChanges
{
    private CtlChanges()
    {
    }

    /** {@code ctl weight SERVICE SERVER N}. */
    @Command(name = "weight", description = "Set the weight of a server until the file's weight changes.")
    static final class Weight implements Runnable
    {
        @ParentCommand
        private CtlCommand ctl;

        @Parameters(index = "0", paramLabel = "SERVICE", description = "tcp/10.99.0.1:80 or INSTANCE/LISTENER.")
        private String service;

        @Parameters(index = "1", paramLabel = "SERVER", description = "10.2.1.2:8080.")
        private String server;

        @Parameters(index = "2", paramLabel = "N", description = "0 to 65535; 0 takes no new connections.")
        private int weight;

        @Override
        public void run()
        {
            if (weight < 0 || weight > ServerConfig.MAX_WEIGHT)
            {
                throw CommandException.failed("weight=" + weight + (weight < 0 ? " < MIN_WEIGHT=0" :
                    " > MAX_WEIGHT=" + ServerConfig.MAX_WEIGHT) + " (allowed 0.." + ServerConfig.MAX_WEIGHT + ")");
            }
            change(ctl, new ControlRequest("weight", service, server, weight, null, null, null));
        }
    }

    /** {@code ctl drain SERVICE SERVER}. */
    @Command(name = "drain", description = "Give a server no new connections; those that it has live on.")
    static final class Drain implements Runnable
    {
        @ParentCommand
        private CtlCommand ctl;

        @Parameters(index = "0", paramLabel = "SERVICE", description = "tcp/10.99.0.1:80 or INSTANCE/LISTENER.")
        private String service;

        @Parameters(index = "1", paramLabel = "SERVER", description = "10.2.1.2:8080.")
        private String server;

        @Override
        public void run()
        {
            change(ctl, new ControlRequest("drain", service, server, null, null, null, null));
        }
    }

    /** {@code ctl undrain SERVICE SERVER}. */
    @Command(name = "undrain", description = "Take a drain back: the weight is again what it was before.")
    static final class Undrain implements Runnable
    {
        @ParentCommand
        private CtlCommand ctl;

        @Parameters(index = "0", paramLabel = "SERVICE", description = "tcp/10.99.0.1:80 or INSTANCE/LISTENER.")
        private String service;

        @Parameters(index = "1", paramLabel = "SERVER", description = "10.2.1.2:8080.")
        private String server;

        @Override
        public void run()
        {
            change(ctl, new ControlRequest("undrain", service, server, null, null, null, null));
        }
    }

    /** {@code ctl reload}. */
    @Command(name = "reload", description = "Read the file again: in force whole, or not at all.")
    static final class Reload implements Runnable
    {
        @ParentCommand
        private CtlCommand ctl;

        @Override
        public void run()
        {
            final ObjectNode reply = ctl.agent().tryAsk(ControlRequest.of("reload"));
            if (reply != null && !reply.path("ok").asBoolean(false))
            {
                final StringBuilder message = new StringBuilder(reply.path("error").asString("no reason given"));
                reply.path("problems").forEach(problem -> message.append('\n').append(problem.asString()));
                throw CommandException.failed(message.toString());
            }
            if (reply == null)
            {
                throw CommandException.failed("no agent answers in directory=" + ctl.directory());
            }
            if (ctl.isJson())
            {
                ctl.print(reply);
                return;
            }
            for (final JsonNode change : reply.path("changes"))
            {
                ctl.out().println(change.asString());
            }
            ctl.out().println("reloaded: " + reply.path("text").asString(""));
        }
    }

    private static void change(final CtlCommand ctl, final ControlRequest request)
    {
        final ObjectNode reply = ctl.agent().ask(request);
        if (ctl.isJson())
        {
            ctl.print(reply);
            return;
        }
        ctl.out().println("service " + reply.path("service").asString("") + " server " +
            reply.path("server").asString("") + " weight " + reply.path("weight").asLong());
    }
}
