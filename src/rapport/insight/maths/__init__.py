"""Pure mathematics of customers: scores with intervals, purchase models, RFM, ranks.

Nothing in here knows Django, a database or a clock: numbers go in, numbers come out. Words used:
a *history* is what a purchase model needs of one customer (`x` repeat purchase days, `t_x` from the
first to the last of them, `T` from the first to the end of observation); an *interval* is a
confidence interval unless its docstring says otherwise; time is in weeks unless a name says days.
"""
