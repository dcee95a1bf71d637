{# Grouping of rows with (channel, market) into the pairs the mart keeps: all × all, each channel, each
   market, and at month and above each channel × market. A row without a channel counts in channel `all`
   only, a row without a market in market `all` only. Use rolled_up() in the select list and rolled_up_from()
   behind it; `keys` are the other grouping columns, one of them `period`.

   Spark cannot ask of a group, behind `having`, what it is a group of: there each row is written once per pair. #}

{% macro rolled_up() %}{{ return(adapter.dispatch('rolled_up')()) }}{% endmacro %}

{% macro default__rolled_up() -%}
    channel_of_pair as channel,
    market_of_pair as market
{%- endmacro %}

{% macro duckdb__rolled_up() -%}
    case when grouping(channel) = 1 then 'all' else channel end as channel,
    case when grouping(market) = 1 then 'all' else market end as market
{%- endmacro %}


{# In the same select list: whether the row is one of all channels. #}
{% macro is_all_channels() %}{{ return(adapter.dispatch('is_all_channels')()) }}{% endmacro %}

{% macro default__is_all_channels() %}channel_of_pair = 'all'{% endmacro %}

{% macro duckdb__is_all_channels() %}grouping(channel) = 1{% endmacro %}


{% macro rolled_up_from(relation, keys) %}{{ return(adapter.dispatch('rolled_up_from')(relation, keys)) }}{% endmacro %}

{% macro default__rolled_up_from(relation, keys) -%}
    from (
        select
            *,
            inline(
                array(
                    {%- for channel, market in [("'all'", "'all'"), ('channel', "'all'"), ("'all'", 'market'), ('channel', 'market')] %}
                    named_struct('channel_of_pair', {{ channel }}, 'market_of_pair', {{ market }}){{ ',' if not loop.last }}
                    {%- endfor %}
                )
            )
        from {{ relation }}
    ) as with_pairs
    where
        channel_of_pair is not null
        and market_of_pair is not null
        and (channel_of_pair = 'all' or market_of_pair = 'all' or period in {{ crossed_periods() }})
    group by {{ keys | join(', ') }}, channel_of_pair, market_of_pair
{%- endmacro %}

{% macro duckdb__rolled_up_from(relation, keys) -%}
    from {{ relation }}
    group by
        grouping sets (
            ({{ keys | join(', ') }}),
            ({{ keys | join(', ') }}, channel),
            ({{ keys | join(', ') }}, market),
            ({{ keys | join(', ') }}, channel, market)
        )
    having
        (grouping(channel) = 1 or channel is not null)
        and (grouping(market) = 1 or market is not null)
        and (grouping(channel) = 1 or grouping(market) = 1 or period in {{ crossed_periods() }})
{%- endmacro %}
