-- The cards of the owner's dashboard as a person would write them for DuckDB. Braces are filled in by dashboard.py.

-- card: revenue
SELECT date_trunc('month', placed_on), sum(net_base_minor), count(*) FROM orders WHERE status <> 'cancelled' GROUP BY ALL

-- card: orders
SELECT date_trunc('month', placed_on), count(*) FROM bought GROUP BY ALL

-- card: average_order_value
SELECT date_trunc('month', placed_on), avg(worth), stddev(worth), count(*) FROM bought GROUP BY ALL

-- card: customers
SELECT date_trunc('month', since_on), count(*) FROM customers WHERE deleted_at IS NULL GROUP BY ALL

-- card: active_customers
SELECT {active} FROM bought

-- card: new_customers
SELECT date_trunc('month', first), count(*)
FROM (SELECT min(placed_on) AS first FROM bought GROUP BY customer_id) GROUP BY ALL

-- card: retention
WITH a AS (SELECT customer_id, {moments} FROM bought GROUP BY 1) SELECT {stayed} FROM a

-- card: repeat_purchase_rate
WITH a AS (SELECT customer_id, {counts} FROM bought GROUP BY 1) SELECT {twice} FROM a

-- card: days_between_orders
WITH d AS (
    SELECT placed_on, placed_on - lag(placed_on) OVER (PARTITION BY customer_id ORDER BY placed_on) AS gap
    FROM (SELECT DISTINCT customer_id, placed_on FROM bought)
)
SELECT date_trunc('month', placed_on), quantile_cont(gap, [0.5, 0.75]), count(*) FROM d WHERE gap IS NOT NULL GROUP BY ALL

-- card: cltv
SELECT avg(worth), stddev(worth), count(*)
FROM (SELECT sum(net_base_minor - refunded_base_minor) AS worth FROM orders WHERE status <> 'cancelled' GROUP BY customer_id)

-- card: rfm
WITH b AS (
    SELECT customer_id, max(placed_on) AS l, count(*) AS n, sum(worth) AS m FROM bought GROUP BY 1
), s AS (
    SELECT ceil(5 * cume_dist() OVER (ORDER BY l)) AS r, ceil(5 * cume_dist() OVER (ORDER BY n)) AS f,
           ceil(5 * cume_dist() OVER (ORDER BY m)) AS money, m AS worth FROM b
)
SELECT r, f, money, count(*), sum(worth) FROM s GROUP BY ALL

-- card: cohorts
WITH f AS (
    SELECT customer_id, date_trunc('month', min(placed_on)) AS cohort FROM bought GROUP BY 1
), a AS (
    SELECT DISTINCT customer_id, date_trunc('month', placed_on) AS month FROM bought
)
SELECT cohort, month, count(*) FROM f JOIN a USING (customer_id) GROUP BY ALL
