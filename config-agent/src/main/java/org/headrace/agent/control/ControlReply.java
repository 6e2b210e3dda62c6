package org.headrace.agent.control;

import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The answer to one request: {@code ok}, then what was asked for, or {@code error}.
 *
 * @param json the whole answer.
 */
public record ControlReply(ObjectNode json)
{
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** @return an answer without content. */
    public static ControlReply ok()
    {
        final ObjectNode node = JSON.createObjectNode();
        node.put("ok", true);
        return new ControlReply(node);
    }

    /**
     * @param error for people.
     * @return an answer that says why not.
     */
    public static ControlReply failed(final String error)
    {
        final ObjectNode node = JSON.createObjectNode();
        node.put("ok", false);
        node.put("error", error);
        return new ControlReply(node);
    }

    /** @return one line, without its end. */
    public String toJson()
    {
        return json.toString();
    }
}
