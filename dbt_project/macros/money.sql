{# Money in the reporting currency. `minor_unit` is a column: the decimal places of the currency's smallest
   unit (VND 0, USD 2, KWD 3, CLF 4). #}

{# An amount rounded half up (away from zero) to the minor unit, as decimal(18, 6) or a wider `kind`. Rounding wants its
   places at plan time, so each possible minor unit has its branch. #}
{% macro rounded_to_minor_unit(amount, minor_unit, kind='decimal(18, 6)') -%}
    case {{ minor_unit }}
        {% for places in [0, 2, 3, 4] %}
        when {{ places }} then cast(round({{ amount }}, {{ places }}) as {{ kind }})
        {% endfor %}
    end
{%- endmacro %}


{# An amount (at most 15 decimals) times the rate of its day. No amount needs no rate: 0 is 0 in every currency, and a
   batch that holds nothing else never waits for one. #}
{% macro times_rate(amount, rate) -%}
    cast({{ amount }} as decimal(38, 15))
    * coalesce(cast({{ rate }} as decimal(18, 8)), case when {{ amount }} = 0 then cast(0 as decimal(18, 8)) end)
{%- endmacro %}


{# An amount (at most 15 decimals) times the rate of its day, rounded half up to the minor unit. #}
{% macro to_reporting(amount, rate, minor_unit) -%}
    {{ rounded_to_minor_unit(times_rate(amount, rate), minor_unit) }}
{%- endmacro %}


{# A cost or fee (at most 15 decimals) times the rate of its day, rounded half up to six decimals: a platform states it
   finer than the minor unit, and rows rounded one by one would not add up to what it charged. #}
{% macro cost_to_reporting(cost, rate) -%}
    cast(round({{ times_rate(cost, rate) }}, 6) as decimal(18, 6))
{%- endmacro %}


{# An amount without the VAT that it holds, as decimal(38, 15): amount × part ÷ whole. By a rate part is 1 and whole
   1 + rate; by a tax that the order states, what is left of goods and shipping without it, and both with it. #}
{% macro without_vat(amount, part, whole) -%}
    case
        when {{ part }} <> {{ whole }} then {{ share_of(amount, part, whole) }}
        else cast({{ amount }} as decimal(38, 15))
    end
{%- endmacro %}


{# The VAT rate of each kind of sale in `sales` (a relation with source, account, market, product_line, day), one row per
   kind, as decimal(9, 6): of the rows of vat_rates.csv that fit it the most particular, of these the latest; before the
   first of them the account's own. product_line is '' where none is known. A row's market is the sale's, else the
   account's. #}
{% macro vat_rates_of(sales) -%}
    select
        sales.source,
        sales.account,
        sales.market,
        sales.product_line,
        sales.day,
        cast(
            coalesce(
                max_by(
                    rates.rate,
                    concat_ws(
                        '',
                        case when rates.account <> '' then 1 else 0 end,
                        case when rates.market = sales.market then 2 when rates.market <> '' then 1 else 0 end,
                        case when rates.source <> '' then 1 else 0 end,
                        case when rates.product_line <> '' then 1 else 0 end,
                        cast(rates.valid_from as string)
                    )
                ),
                max(sellers.vat_rate)
            ) as decimal(9, 6)
        ) as vat_rate
    from (
        select distinct source, account, market, lower(trim(coalesce(product_line, ''))) as product_line, day
        from {{ sales }}
    ) as sales
    inner join {{ source('house', 'accounts') }} as sellers
        on sales.source = sellers.source and sales.account = sellers.account
    left join {{ source('house', 'vat_rates') }} as rates
        on
            rates.source in ('', sales.source)
            and rates.account in ('', sales.account)
            and rates.market in ('', sales.market, sellers.market)
            and lower(trim(rates.product_line)) in ('', sales.product_line)
            and rates.valid_from <= sales.day
    group by sales.source, sales.account, sales.market, sales.product_line, sales.day
{%- endmacro %}


{# How many minor units make one unit of the currency. #}
{% macro minor_units_per_unit(minor_unit) -%}
    case {{ minor_unit }} when 0 then 1 when 2 then 100 when 3 then 1000 when 4 then 10000 end
{%- endmacro %}
