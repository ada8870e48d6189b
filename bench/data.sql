-- Statements of bench/data.py, each after a line that names it; {customers}, {orders} and {events} are row counts.

-- step: seed
SELECT setseed(0.42)

-- step: names
CREATE TEMPORARY TABLE bench_given AS SELECT (ordinality - 1)::int AS n, name FROM unnest(string_to_array(
'Maria John Anna James Olivia Thomas Sofia David Emma Daniel Laura Michael Julia Peter Sarah Paul Eva Mark Ines Lucas '
'Clara Jonas Alice Felix Nina Hugo Marta Oscar Elena Victor Ida Samuel Lena Simon Rosa Martin Amelie Noah Greta Leon '
'Ingrid Erik Paula Adrian Vera Bruno Tilda Omar Leila Ivan Priya Arjun Mei Kenji Aisha Tariq Noor Yusuf Fatima Karim '
'Zoe Max Iris Theo Luisa Emil Carla Anton Mira Rafael Stella Dario Hanna Marco Livia Jakob Bianca Nils Celia Gustav '
'Freya Ruben Edith Alma Otto Irene Bela Nora Axel Flora Milan Agnes Quentin Ramona Silvio Tamara Ulrich Wanda Xenia Yara',
' ')) WITH ORDINALITY AS list (name, ordinality)

-- step: syllables
CREATE TEMPORARY TABLE bench_syllable AS SELECT (ordinality - 1)::int AS n, part FROM unnest(string_to_array(
'bar lin mor san tel ros vin gar del fer kol mar nor pen rad sil tor val wes zan hal ber cor dun',
' ')) WITH ORDINALITY AS list (part, ordinality)

-- step: people
CREATE TEMPORARY TABLE bench_people AS
SELECT drawn.n, uuidv7(made - now()) AS id, made, g.name AS given,
       initcap(a.part || b.part || c.part) AS family, company,
       '+447' || lpad(floor(random() * 1000000000)::bigint::text, 9, '0') AS phone,
       (ARRAY['London','Leeds','Lisbon','Porto','Berlin','Hamburg','Paris','Lyon','Madrid','Dublin'])[1 + floor(10 * random() ^ 2)::int] AS city,
       (ARRAY['GB','GB','GB','GB','GB','GB','DE','FR','ES','IE','PT','NL','IT','SE','NO','JP'])[1 + floor(16 * random())::int] AS country
FROM (
    SELECT n, now() - (random() ^ 0.7) * interval '5 years' AS made, floor(100 * random() ^ 2)::int AS gi,
           floor(24 * random())::int AS ai, floor(24 * random())::int AS bi, floor(24 * random())::int AS ci, random() < 0.08 AS company
    FROM generate_series(1, {customers}) AS n
) AS drawn
JOIN bench_given g ON g.n = gi JOIN bench_syllable a ON a.n = ai JOIN bench_syllable b ON b.n = bi JOIN bench_syllable c ON c.n = ci

-- step: people, readable
CREATE TEMPORARY TABLE bench_customer AS
SELECT p.*, CASE WHEN company THEN family || ' & ' || given ELSE given || ' ' || family END AS name,
       lower(given || '.' || family || n) AS local, 'post' || n % 40 AS host, substr(phone, 2) AS digits,
       CASE WHEN random() < 0.7 THEN (SELECT id FROM team_user u ORDER BY u.email OFFSET (n % 10)::int + 1 LIMIT 1) END AS owner_id,
       (ARRAY['lead','prospect','customer','customer','customer','customer','customer','advocate','former','customer'])[1 + floor(10 * random())::int] AS stage
FROM bench_people p

-- step: customers
INSERT INTO customers_customer (id, number, kind, name, given_name, family_name, stage, language, zone, preferred_channel,
    street, city, region, postcode, country, source, tags, custom, since, created_at, updated_at, sample, owner_id, deleted_at, search)
SELECT id, n, CASE WHEN company THEN 'company' ELSE 'person' END, name, CASE WHEN company THEN '' ELSE given END,
       CASE WHEN company THEN '' ELSE family END, stage, 'en', '', '', n % 200 || ' High Street', city, '', '', country,
       (ARRAY['web','shop','fair','referral'])[1 + n % 4],
       CASE WHEN n % 50 = 0 THEN ARRAY['vip'] WHEN n % 10 = 0 THEN ARRAY['newsletter'] ELSE ARRAY[]::varchar[] END,
       '{}', made, made, made, false, owner_id, CASE WHEN n % 1000 = 999 THEN now() END,
       array_to_tsvector(array_remove(ARRAY['c-' || n, lower(given), lower(family), lower(city), '@' || local || '@' || host || '.example.com',
           lower(given), lower(family) || n, host, 'example',
           CASE WHEN n % 3 > 0 THEN digits END, CASE WHEN n % 3 > 0 THEN substr(digits, 2) END,
           CASE WHEN n % 3 > 0 THEN substr(digits, 3) END, CASE WHEN n % 3 > 0 THEN substr(digits, 4) END], NULL))
FROM bench_customer ORDER BY made

-- step: addresses
INSERT INTO customers_identity (id, kind, namespace, value, normal, match_key, label, "primary", created_at, customer_id)
SELECT uuidv7(made - now()), 'email', '', local || '@' || host || '.example.com', local || '@' || host || '.example.com',
       local || '@' || host || '.example.com', '', true, made, id
FROM bench_customer ORDER BY made

-- step: phones
INSERT INTO customers_identity (id, kind, namespace, value, normal, match_key, label, "primary", created_at, customer_id)
SELECT uuidv7(made - now()), 'phone', '', phone, phone, phone, '', true, made, id FROM bench_customer WHERE n % 3 > 0 ORDER BY made

-- step: stages
INSERT INTO customers_stagespan (id, stage, entered_at, customer_id) SELECT uuidv7(made - now()), stage, made, id FROM bench_customer

-- step: consents
INSERT INTO customers_consent (id, channel, topic, state, basis, proof, at, customer_id)
SELECT uuidv7(made - now()), 'email', 'marketing', CASE WHEN n % 7 = 0 THEN 'withdrawn' ELSE 'granted' END, '', '', made, id
FROM bench_customer WHERE n % 4 = 0

-- step: affiliations
INSERT INTO customers_affiliation (id, role, "primary", since, person_id, company_id)
SELECT uuidv7(), (ARRAY['Buyer','Owner','Manager',''])[1 + p.n % 4], true, p.made::date, p.id, c.id
FROM (
    SELECT n, id, made, 1 + row_number() OVER (ORDER BY n) % (SELECT count(*) FROM bench_customer WHERE company) AS of_company
    FROM bench_customer WHERE NOT company AND n % 6 = 0
) p
JOIN (SELECT id, row_number() OVER (ORDER BY n) AS place FROM bench_customer WHERE company) c ON c.place = p.of_company

-- step: products
INSERT INTO commerce_product (id, sku, name, category, price_minor, currency, custom, created_at, updated_at, sample, search)
SELECT uuidv7(), 'SKU' || i, initcap(a.part || b.part) || ' lantern', 'Lights', 200 + (i * 37) % 5000, 'GBP', '{}', now(), now(), false,
       array_to_tsvector(ARRAY['sku' || i, a.part || b.part, 'lantern'])
FROM generate_series(1, 2000) AS i JOIN bench_syllable a ON a.n = i % 24 JOIN bench_syllable b ON b.n = i / 24 % 24

-- step: orders drawn
CREATE TEMPORARY TABLE bench_order AS
SELECT o.n, uuidv7(o.placed - now()) AS id, o.placed, c.id AS customer_id, c.country, c.n AS customer_n,
       o.gross, o.lines, o.placed + interval '3 days' AS arrives, o.chance
FROM (
    SELECT n, 1 + floor({customers} * random() ^ 1.6)::int AS of_customer, now() - (random() ^ 1.3) * interval '3 years' AS placed,
           500 + floor(20000 * random() ^ 3)::bigint AS gross, 1 + (random() < 0.3)::int AS lines, random() AS chance
    FROM generate_series(1, {orders}) AS n
) AS o JOIN bench_customer c ON c.n = o.of_customer

-- step: orders
INSERT INTO commerce_order (id, number, namespace, kind, status, placed_at, paid_at, shipped_at, delivered_at, cancelled_at, promised_on, country,
    channel, currency, rate, gross_minor, discount_minor, tax_minor, shipping_minor, net_minor, net_base_minor, refunded_minor,
    refunded_base_minor, lines_count, has_sale_line, note, created_at, updated_at, sample, customer_id)
SELECT id, 'R-' || n, '', 'sale',
       CASE WHEN chance < 0.02 THEN 'cancelled' WHEN arrives < now() THEN 'delivered' ELSE 'paid' END,
       placed, CASE WHEN chance >= 0.02 THEN placed END, NULL, CASE WHEN chance >= 0.02 AND arrives < now() THEN arrives END,
       CASE WHEN chance < 0.02 THEN placed END, CASE WHEN n % 8 = 0 THEN (placed + interval '4 days')::date END, country, 'web', 'GBP', 1,
       gross, 0, 0, 0, gross, gross, 0, 0, lines, true, '', placed, placed, false, customer_id
FROM bench_order ORDER BY placed

-- step: order lines
INSERT INTO commerce_orderline (id, position, sku, name, quantity, unit_price_minor, discount_minor, total_minor, order_id, product_id)
SELECT uuidv7(placed - now()), position, p.sku, p.name, 1, gross / lines, 0, gross / lines, o.id, p.id
FROM bench_order o CROSS JOIN LATERAL generate_series(1, o.lines) AS position
JOIN (SELECT id, sku, name, substr(sku, 4)::int AS n FROM commerce_product) p ON p.n = 1 + (o.n * 7 + position) % 2000

-- step: payments
INSERT INTO commerce_payment (id, reference, method, installments, amount_minor, currency, paid_at, order_id)
SELECT uuidv7(placed - now()), 'p1', 'card', 1, gross, 'GBP', placed, id FROM bench_order WHERE chance >= 0.02

-- step: totals
INSERT INTO commerce_customertotals (customer_id, orders, net_minor, first_at, last_at)
SELECT c.id, count(o.id), coalesce(sum(o.gross), 0), min(o.placed), max(o.placed)
FROM bench_customer c LEFT JOIN bench_order o ON o.customer_id = c.id AND o.chance >= 0.02 GROUP BY c.id

-- step: totals of those who never bought
INSERT INTO commerce_customertotals (customer_id, orders, net_minor)
SELECT c.id, 0, 0 FROM bench_customer c WHERE NOT EXISTS (SELECT FROM commerce_customertotals t WHERE t.customer_id = c.id)

-- step: promises
INSERT INTO promises_promise (id, kind, what, maker_name, made_at, due_on, zone, due_until, fulfilled_at, ended_at, outcome, ended_because,
    source_type, source_id, source_label, weight, updated_at, sample, customer_id)
SELECT uuidv7(placed - now()), 'delivery', 'Order R-' || n || ' delivered', 'Rapport', placed, (placed + interval '4 days')::date, 'UTC', until,
       CASE WHEN is_open THEN NULL ELSE ended END, CASE WHEN is_open THEN NULL ELSE ended END,
       CASE WHEN is_open THEN '' WHEN ended < until THEN 'kept' ELSE 'late' END, '', 'commerce.order', id, 'R-' || n, 1, placed, false, customer_id
FROM (
    SELECT *, date_trunc('day', placed) + interval '5 days' AS until,
           arrives + CASE WHEN chance > 0.93 THEN interval '6 days' ELSE interval '0' END AS ended,
           arrives + CASE WHEN chance > 0.93 THEN interval '6 days' ELSE interval '0' END > now() OR chance > 0.995 AS is_open
    FROM bench_order WHERE n % 8 = 0 AND chance >= 0.02
) AS promised

-- step: answers
INSERT INTO feedback_answer (id, kind, namespace, external, score, scale_low, scale_high, title, text, answered_at, created_at, sample, customer_id, order_id)
SELECT uuidv7(arrives - now()), 'review', '', 'a' || n, 1 + floor(5 * sqrt(chance))::int, 1, 5, '', '', arrives, arrives, false, customer_id, id
FROM bench_order WHERE n % 10 = 0 AND arrives < now()

-- step: scores
INSERT INTO insight_score (customer_id, index, confidence, trend, trust, loyalty, reasons, evidence, kind, kinds, kind_override, stage,
    p_alive, cltv_minor, at_risk_minor, as_of)
SELECT c.id, CASE WHEN t.orders = 0 THEN NULL ELSE 20 + 80 * sqrt(random()) END, random(), CASE WHEN t.orders > 1 THEN 40 * random() - 25 END,
       60, 50, '{}', t.orders,
       CASE WHEN t.orders = 0 THEN '' ELSE (ARRAY['transactional','need_based','loyalty_based','advisory'])[1 + c.n % 4] END, '{}', '',
       CASE WHEN t.orders = 0 THEN '' ELSE 'retention' END, random(), (t.net_minor * random())::bigint,
       CASE WHEN c.n % 90 = 0 THEN (t.net_minor * random())::bigint END, now()
FROM bench_customer c JOIN commerce_customertotals t ON t.customer_id = c.id

-- step: events of customers
INSERT INTO kernel_eventrecord (id, type, at, recorded_at, actor_kind, actor_name, via, customer_id, subject_type, subject_id, data)
SELECT uuidv7(made - now()), 'customers.created', made, made, 'system', 'Rapport', 'system', id, 'customers.customer', id, '{"kind": "person"}' FROM bench_customer

-- step: events of orders placed
INSERT INTO kernel_eventrecord (id, type, at, recorded_at, actor_kind, actor_name, via, customer_id, subject_type, subject_id, data)
SELECT uuidv7(placed - now()), 'commerce.order_placed', placed, placed, 'system', 'Rapport', 'system', customer_id, 'commerce.order', id,
       jsonb_build_object('number', 'R-' || n, 'net_minor', gross, 'currency', 'GBP', 'total', '£' || gross / 100, 'lines', lines)
FROM bench_order

-- step: events of payments
INSERT INTO kernel_eventrecord (id, type, at, recorded_at, actor_kind, actor_name, via, customer_id, subject_type, subject_id, data)
SELECT uuidv7(placed - now()), 'commerce.payment_received', placed, placed, 'system', 'Rapport', 'system', customer_id, 'commerce.order', id,
       jsonb_build_object('number', 'R-' || n, 'amount_minor', gross, 'currency', 'GBP', 'total', '£' || gross / 100, 'method', 'card')
FROM bench_order WHERE chance >= 0.02

-- step: events of deliveries
INSERT INTO kernel_eventrecord (id, type, at, recorded_at, actor_kind, actor_name, via, customer_id, subject_type, subject_id, data)
SELECT uuidv7(arrives - now()), 'commerce.order_delivered', arrives, arrives, 'system', 'Rapport', 'system', customer_id, 'commerce.order', id,
       jsonb_build_object('number', 'R-' || n)
FROM bench_order WHERE chance >= 0.02 AND arrives < now() AND n % 3 > 0

-- step: the other events
INSERT INTO kernel_eventrecord (id, type, at, recorded_at, actor_kind, actor_name, via, customer_id, subject_type, subject_id, data)
SELECT uuidv7(at - now()), 'timeline.reached_out', at, at, 'system', 'Rapport', 'system', c.id, 'customers.customer', c.id,
       '{"name": "wrote", "channel": "chat", "text": "Where is my order?"}'
FROM (SELECT 1 + floor({customers} * random() ^ 1.6)::int AS of_customer, now() - (random() ^ 1.3) * interval '3 years' AS at
      FROM generate_series(1, greatest(0, {events} - (SELECT count(*) FROM kernel_eventrecord)))) AS drawn
JOIN bench_customer c ON c.n = of_customer

-- step: touches
INSERT INTO timeline_touch (customer_id, last_at, last_in_at, last_out_at)
SELECT customer_id, max(at), max(at), NULL FROM kernel_eventrecord
WHERE type IN ('commerce.order_placed', 'commerce.payment_received', 'timeline.reached_out') GROUP BY customer_id

-- step: numbers taken
INSERT INTO kernel_sequence (name, last) VALUES ('customer', {customers}), ('order', {orders})
ON CONFLICT (name) DO UPDATE SET last = EXCLUDED.last
