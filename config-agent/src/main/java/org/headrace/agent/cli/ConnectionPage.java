package org.headrace.agent.cli;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One page of connections as the agent has answered it. It is read token by token: a tree of a thousand connections is
 * a hundred thousand objects, and there may be ten thousand pages.
 */
final class ConnectionPage
{
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String[] NAMES = {"protocol", "client", "virtual", "local", "server", "state", "idleSeconds",
        "expiresSeconds", "inPackets", "outPackets", "inBytes", "outBytes", "worker"};
    private static final int FIRST_NUMBER = 6;
    private static final Map<String, Integer> COLUMNS = new HashMap<>();

    private final List<String[]> connections = new ArrayList<>();
    private boolean isOk;
    private String error = "the agent gave no reason";
    private long matched;
    private long nextCursor;

    static
    {
        for (int i = 0; i < NAMES.length; i++)
        {
            COLUMNS.put(NAMES[i], i);
        }
    }

    private ConnectionPage()
    {
    }

    /** Reads the agent's line. */
    static ConnectionPage read(final byte[] line) throws IOException
    {
        final ConnectionPage page = new ConnectionPage();
        try (JsonParser parser = JSON.createParser(line))
        {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME)
            {
                page.readField(parser.currentName(), parser);
            }
            return page;
        }
        catch (final JacksonException ex)
        {
            throw new IOException("the answer is not JSON: " + ex.getOriginalMessage(), ex);
        }
    }

    /** Null if it is a page, else why it is none. */
    String error()
    {
        return isOk ? null : error;
    }

    int size()
    {
        return connections.size();
    }

    /** Connections that were found for the page, listed or only counted. */
    long matched()
    {
        return matched;
    }

    /** 0 after the last page. */
    long nextCursor()
    {
        return nextCursor;
    }

    void addTo(final TextTable table)
    {
        for (final String[] item : connections)
        {
            table.row(item[0], item[1], item[2], item[4], item[5], item[6] + "s", item[7] + "s", item[8], item[9],
                item[10], item[11], item[12]);
        }
    }

    /** Appends one JSON object to a line, the first behind an opening bracket, the others behind a comma. */
    void appendJson(final StringBuilder lines, final boolean isFirst)
    {
        for (int i = 0; i < connections.size(); i++)
        {
            lines.append(isFirst && i == 0 ? "[\n{" : ",\n{");
            final String[] item = connections.get(i);
            for (int column = 0; column < NAMES.length; column++)
            {
                final String quote = column >= FIRST_NUMBER || item[column] == null ? "" : "\"";
                lines.append(column == 0 ? "\"" : ",\"").append(NAMES[column]).append("\":")
                    .append(quote).append(item[column]).append(quote);
            }
            lines.append('}');
        }
    }

    private void readField(final String name, final JsonParser parser)
    {
        final JsonToken value = parser.nextToken();
        switch (name)
        {
            case "ok" -> isOk = parser.getBooleanValue();
            case "error" -> error = parser.getString();
            case "matched" -> matched = parser.getLongValue();
            case "nextCursor" -> nextCursor = parser.getLongValue();
            case "connections" -> readConnections(value, parser);
            default -> parser.skipChildren();
        }
    }

    private void readConnections(final JsonToken start, final JsonParser parser)
    {
        if (start != JsonToken.START_ARRAY)
        {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() == JsonToken.START_OBJECT)
        {
            final String[] connection = new String[NAMES.length];
            while (parser.nextToken() == JsonToken.PROPERTY_NAME)
            {
                final Integer column = COLUMNS.get(parser.currentName());
                final JsonToken value = parser.nextToken();
                if (column == null)
                {
                    parser.skipChildren();
                }
                else if (value != JsonToken.VALUE_NULL)
                {
                    connection[column] = parser.getString();
                }
            }
            connections.add(connection);
        }
    }
}
