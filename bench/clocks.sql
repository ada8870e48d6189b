-- Open tickets with a history of three statuses and five messages each, as after a day or two of work.
-- Keys follow the time of their rows, as those that the product makes.
-- Names in braces are filled in by bench/clocks.py; %(now)s is the moment of the run.

-- step: plan
CREATE TEMP TABLE bench_ticket ON COMMIT DROP AS
SELECT n, uuidv7(at - %(now)s) AS id, uuidv7(at - %(now)s) AS thread, at, at + interval '1 hour' AS worked,
       at + interval '5 hours' AS back, (ARRAY['low', 'normal', 'high', 'urgent'])[1 + n %% 4] AS priority,
       CASE n %% 5 WHEN 0 THEN 'waiting' ELSE 'open' END AS category
FROM (SELECT n, date_trunc('minute', %(now)s::timestamptz) - (60 + n %% 4000) * interval '1 minute' AS at
      FROM generate_series(1, {tickets}) n ORDER BY n %% 4000 DESC) x;

-- step: tickets
INSERT INTO service_ticket (id, number, type, subject, status_id, category, priority, channel, tags, custom, opened_at,
                            answers, reopened, created_at, updated_at, version, sample, search, requester_id)
SELECT t.id, 10000000 + t.n, 'question', 'Ticket ' || t.n, s.id, t.category, t.priority, 'email', '{}', '{}', t.at, 1, 0,
       t.at, t.at, 1, false, '', c.id
FROM bench_ticket t JOIN service_status s ON s.category = t.category
JOIN customers_customer c ON c.number = 20000000 + t.n %% {customers};

-- step: spans
INSERT INTO service_statusspan (id, ticket_id, status_id, category, entered_at, left_at)
SELECT uuidv7(x.entered - %(now)s), t.id, s.id, x.category, x.entered, x.gone
FROM bench_ticket t
CROSS JOIN LATERAL (VALUES ('new', t.at, t.worked), ('waiting', t.worked, t.back), (t.category, t.back, NULL))
           AS x (category, entered, gone)
JOIN service_status s ON s.category = x.category;

-- step: threads
INSERT INTO conversations_thread (id, channel, subject, token, last_message_at, message_count, created_at, sample)
SELECT thread, 'email', 'Ticket ' || n, 'b' || n, back, 5, at, false FROM bench_ticket;
INSERT INTO service_ticketthread (id, ticket_id, thread_id, added_at)
SELECT uuidv7(at - %(now)s), id, thread, at FROM bench_ticket;

-- step: messages
INSERT INTO conversations_message (id, thread_id, direction, sender_kind, from_address, from_name, "to", cc, bcc, reply_to,
                                   subject, text, html, fresh_text, at, created_at, message_id, in_reply_to,
                                   "references", automatic, state, cancel_on_answer, attempts, error, raw, search,
                                   sent_at)
SELECT uuidv7(x.at - %(now)s), t.thread, x.direction, x.sender, '', '', '[]', '[]', '[]', '', '', 'words', '', 'words', x.at,
       x.at, '', '{}', '{}', '', CASE x.direction WHEN 'out' THEN 'sent' ELSE 'received' END, false, 0, '', '', '',
       CASE x.direction WHEN 'out' THEN x.at END
FROM bench_ticket t
CROSS JOIN LATERAL (VALUES ('in', 'customer', t.at), ('out', 'agent', t.worked), ('note', 'agent', t.worked),
                           ('in', 'customer', t.back), ('in', 'customer', t.back + interval '1 minute'))
           AS x (direction, sender, at);

-- step: statistics
ANALYZE service_ticket, service_statusspan, service_ticketthread, conversations_message, conversations_thread;
