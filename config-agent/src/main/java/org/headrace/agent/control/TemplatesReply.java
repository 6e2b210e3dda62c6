package org.headrace.agent.control;

import org.headrace.agent.publish.TemplatePageListener;
import org.headrace.protocol.IpPrefix;
import org.headrace.protocol.TemplateSnapshot;
import tools.jackson.databind.node.ArrayNode;

import java.util.List;
import java.util.function.Consumer;

/** Answers a request for templates of session persistence when its page has come. */
final class TemplatesReply implements TemplatePageListener
{
    private final Consumer<ControlReply> reply;

    TemplatesReply(final Consumer<ControlReply> reply)
    {
        this.reply = reply;
    }

    @Override
    public void onPage(final List<TemplateSnapshot> templates, final long nextCursor)
    {
        final ControlReply answer = ControlReply.ok();
        final long nowMs = System.currentTimeMillis();
        final ArrayNode array = answer.json().putArray("templates");
        for (final TemplateSnapshot template : templates)
        {
            array.addObject()
                .put("service", template.service().toString())
                .put("client", new IpPrefix(template.client(), template.prefixLength()).toString())
                .put("server", template.server().toString())
                .put("expiresSeconds", Math.max(0, template.expiresMs() - nowMs) / 1_000);
        }
        answer.json().put("nextCursor", nextCursor);
        reply.accept(answer);
    }

    @Override
    public void onNoPage(final String reason)
    {
        reply.accept(ControlReply.failed(reason));
    }
}
