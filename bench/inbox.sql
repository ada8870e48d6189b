-- Statements of bench/inbox.py, each after a line that names it; {threads} is how many there are, five messages in each.

-- step: seed
SELECT setseed(0.42)

-- step: words
CREATE TEMPORARY TABLE bench_word AS
WITH part AS (
    SELECT (ordinality - 1)::int AS n, part FROM unnest(string_to_array(
    'bar lin mor san tel ros vin gar del fer kol mar nor pen rad sil tor val wes zan hal ber cor dun', ' '))
    WITH ORDINALITY AS list (part, ordinality)
)
SELECT row_number() OVER (ORDER BY md5(a.part || b.part || c.part)) AS n, a.part || b.part || c.part AS word
FROM part a CROSS JOIN part b CROSS JOIN part c

-- step: what is said: few words are frequent, most are rare
CREATE TEMPORARY TABLE bench_text AS
SELECT drawn.n, string_agg(word, ' ') AS text, array_agg(DISTINCT word::text) AS words FROM (
    SELECT s.n, 1 + floor(13824 * random() ^ 3)::int AS chosen FROM generate_series(1, 40000) AS s (n), generate_series(1, 30)
) drawn JOIN bench_word w ON w.n = drawn.chosen GROUP BY drawn.n

-- step: customers
INSERT INTO customers_customer (id, number, kind, name, given_name, family_name, stage, language, zone, preferred_channel,
    street, city, region, postcode, country, source, tags, custom, since, created_at, updated_at, sample, owner_id, search)
SELECT uuidv7(-interval '2 years'), 30000000 + n, 'person', 'Writer ' || n, 'Writer', n::text, 'customer', 'en', '', '', '', 'Leeds',
       '', '', 'GB', 'email', '{}', '{}', now(), now(), now(), false,
       CASE WHEN n % 10 < 7 THEN (SELECT id FROM team_user u ORDER BY u.email OFFSET n % 10 LIMIT 1) END, ''
FROM generate_series(1, {threads} / 10) AS s (n)

-- step: plan
CREATE TEMPORARY TABLE bench_thread AS
SELECT n, at, uuidv7(at - now()) AS id, at + interval '3 hours' AS last, customers[1 + floor(cardinality(customers) * random())::int] AS customer_id,
       users[1 + n % cardinality(users)] AS user_id, n % 50 = 7 AS spam, n % 200 = 9 AS gone,
       now() - at < interval '40 days' AND n % 2 = 0 AS waits, now() - at < interval '40 days' AND n % 8 = 3 AS rests
FROM (SELECT n, now() - interval '4 hours' - random() * interval '2 years' AS at FROM generate_series(1, {threads}) AS s (n)) x,
     (SELECT array_agg(id) AS customers FROM customers_customer) c, (SELECT array_agg(id) AS users FROM team_user) u

-- step: threads
INSERT INTO conversations_thread (id, channel, subject, customer_id, assignee_id, token, last_message_at, last_in_at,
    last_out_at, waiting_since, message_count, snoozed_until, spam_at, deleted_at, created_at, sample)
SELECT id, (ARRAY['email', 'email', 'email', 'chat', 'form'])[1 + n % 5], 'Question ' || n, customer_id,
       CASE WHEN n % 20 > 0 THEN user_id END, 'b' || n, last, last, CASE WHEN n % 8 > 0 THEN at + interval '2 hours' END,
       CASE WHEN waits THEN last END, 5, CASE WHEN rests THEN now() + n % 1000 * interval '1 hour' END,
       CASE WHEN spam THEN last END, CASE WHEN gone THEN last END, at, false
FROM bench_thread ORDER BY at

-- step: people
INSERT INTO conversations_participant (id, thread_id, address, name, customer_id, role, created_at)
SELECT uuidv7(at - now()), id, 'writer' || n % 100000 || '@post.example.com', 'Writer', customer_id, 'requester', at
FROM bench_thread

-- step: messages
INSERT INTO conversations_message (id, thread_id, direction, sender_kind, author_id, customer_id, from_address, from_name,
    "to", cc, bcc, reply_to, subject, text, html, fresh_text, at, created_at, message_id, in_reply_to, "references", automatic, state,
    cancel_on_answer, attempts, error, raw, search, sent_at)
SELECT uuidv7(t.at + x.after - now()), t.id, x.direction, x.sender, CASE WHEN x.sender = 'agent' THEN t.user_id END,
       CASE WHEN x.direction = 'in' THEN t.customer_id END, 'writer' || t.n % 100000 || '@post.example.com', 'Writer', '[]', '[]', '[]', '',
       'Question ' || t.n, s.text, '', s.text, t.at + x.after, t.at + x.after, t.n || '.' || x.part || '@post.example.com', '{}', '{}', '',
       CASE x.direction WHEN 'out' THEN 'sent' ELSE 'received' END, false, 0, '', '',
       array_to_tsvector(s.words || ARRAY['@' || to_char((t.at + x.after) AT TIME ZONE 'UTC', 'YYYY-MM'), 'question', t.n::text,
           'writer' || t.n % 100000 || '@post.example.com', 'writer' || t.n % 100000]),
       CASE x.direction WHEN 'out' THEN t.at + x.after END
FROM bench_thread t
CROSS JOIN (VALUES (1, 'in', 'customer', interval '0'), (2, 'note', 'agent', interval '1 hour'), (3, 'out', 'agent', interval '2 hours'),
                   (4, 'in', 'customer', interval '150 minutes'), (5, 'in', 'customer', interval '3 hours')) AS x (part, direction, sender, after)
JOIN bench_text s ON s.n = 1 + (t.n::bigint * 7919 + x.part * 104729) % 40000
ORDER BY t.at
