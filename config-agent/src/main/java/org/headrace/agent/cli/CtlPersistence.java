package org.headrace.agent.cli;

import org.headrace.agent.control.ControlRequest;
import org.headrace.protocol.ControlChannel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code ctl persistence}: prints page by page, so that a million need no more memory than ten. */
@Command(
    name = "persistence",
    description = "Which client has which server by session persistence; asks the data plane through the agent.")
final class CtlPersistence implements Runnable
{
    @ParentCommand
    private CtlCommand ctl;

    @Option(names = "--limit", paramLabel = "N", description = "Most templates to show (default: 100).")
    private long limit = 100;

    @Option(names = "--all", description = "Show all, however many.")
    private boolean isAll;

    @Option(names = "--service", paramLabel = "SERVICE", description = "Only those of this service.")
    private String service;

    @Option(names = "--client", paramLabel = "CLIENT", description = "Only those of ADDRESS or PREFIX (10.1.0.0/16).")
    private String client;

    @Override
    public void run()
    {
        if (limit < 1)
        {
            throw CommandException.failed("limit=" + limit + " < MIN_LIMIT=1");
        }
        final TextTable table = new TextTable("SERVICE", "CLIENT", "SERVER", "EXPIRES>");
        long left = isAll ? Long.MAX_VALUE : limit;
        long cursor = 0;
        boolean hasPrinted = false;
        do
        {
            final int pageSize = (int)Math.min(left, ControlChannel.MAX_PAGE_SIZE);
            final ObjectNode page =
                ctl.agent().ask(ControlRequest.persistence(service, client, cursor, pageSize));
            final JsonNode templates = page.path("templates");
            cursor = page.path("nextCursor").asLong();
            left -= templates.size();
            if (!ctl.print(ctl.isJson() ? json(templates, hasPrinted) : rows(table, templates)))
            {
                return;
            }
            hasPrinted |= templates.size() > 0;
        }
        while (cursor != 0 && left > 0);
        if (ctl.isJson())
        {
            ctl.print(hasPrinted ? "\n]\n" : "[]\n");
        }
        else if (cursor != 0)
        {
            ctl.print("(there may be more: --limit N or --all)\n");
        }
    }

    /** One array, as of all views, with one template on a line. */
    private static String json(final JsonNode templates, final boolean hasPrinted)
    {
        final StringBuilder lines = new StringBuilder();
        for (final JsonNode template : templates)
        {
            lines.append(hasPrinted || !lines.isEmpty() ? ",\n" : "[\n").append(template);
        }
        return lines.toString();
    }

    private static String rows(final TextTable table, final JsonNode templates)
    {
        for (final JsonNode item : templates)
        {
            table.row(item.path("service").asString(""), item.path("client").asString(""),
                item.path("server").asString(""), item.path("expiresSeconds").asLong() + "s");
        }
        return table.takeRows();
    }
}
