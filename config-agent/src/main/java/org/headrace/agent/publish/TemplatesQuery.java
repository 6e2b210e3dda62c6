package org.headrace.agent.publish;

import org.headrace.protocol.TemplateFilter;

/**
 * A page of templates that is wanted.
 *
 * @param cursor   0 for the first page, else what the last page gave.
 * @param pageSize 1 to {@link org.headrace.protocol.ControlChannel#MAX_PAGE_SIZE}.
 * @param filter   which templates.
 */
public record TemplatesQuery(long cursor, int pageSize, TemplateFilter filter)
{
}
